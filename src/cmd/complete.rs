//! `evctl complete`: names from the cluster, for the completion scripts of shells. It must never be
//! in the way: whoever presses TAB wants names at once, or nothing.

use std::{sync::mpsc, thread, time::Duration};

use crate::{
    command::Context,
    config::{self, Overrides},
    exit::Exit,
    kafka::wire::Client,
    pipeline::{Cancel, Signal},
};

/// Time for everything: configuration, connecting, asking.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time for a password command to be ended.
const FAREWELL: Duration = Duration::from_millis(50);

/// Print the names of topics or groups that begin with a prefix
///
/// For completion scripts: within half a second, and silent when the cluster cannot be asked.
///
///   evctl complete topics ord
///   evctl complete groups
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct CompleteArgs {
    /// Names of what
    #[arg(value_enum)]
    what: What,
    /// What they begin with
    #[arg(default_value = "")]
    prefix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Topics; those of Kafka and of replays only when the prefix begins like theirs
    Topics,
    /// Groups; those of replays only when the prefix begins like theirs
    Groups,
}

/// Prints the names, one a line. Every failure is an empty list.
pub fn run(context: &Context, args: &CompleteArgs) -> Exit {
    let (sender, receiver) = mpsc::channel();
    let (overrides, cancel) = (context.overrides(), context.cancel.clone());
    let (what, prefix) = (args.what, args.prefix.clone());
    // On a thread: a password command, a resolver or a broker may take longer than there is time.
    thread::spawn(move || {
        let names = names(&overrides, &cancel, what, &prefix);
        // Nobody listens any more when it is too late.
        names.map(|names| sender.send(names))
    });
    let left = PATIENCE.saturating_sub(context.started.elapsed());
    let mut names = receiver.recv_timeout(left).unwrap_or_else(|_| {
        context.cancel.raise(Signal::Deadline);
        receiver.recv_timeout(FAREWELL).unwrap_or_default()
    });
    // Groups may have any name: one that would command the terminal is no use to type.
    names.retain(|name| name.starts_with(&args.prefix) && !name.contains(char::is_control));
    names.sort_unstable();
    let printed = super::print(context, |out| {
        names.iter().try_for_each(|name| writeln!(out, "{name}"))
    });
    // A name list that cannot be written helps nobody, and neither does saying so.
    printed.unwrap_or(Exit::Ok)
}

fn names(overrides: &Overrides, cancel: &Cancel, what: What, prefix: &str) -> Option<Vec<String>> {
    let settings = config::resolve(overrides, cancel).ok()?.settings().ok()?;
    let mut client = Client::connect(settings).ok()?;
    Some(match what {
        What::Topics => client
            .all_topics()
            .ok()?
            .into_iter()
            .filter(|topic| prefix.starts_with('_') || !topic.is_internal())
            .map(|topic| topic.name.to_string())
            .collect(),
        What::Groups => {
            let groups = client.list_groups().ok()?.items;
            groups
                .into_iter()
                .filter(|group| prefix.starts_with("evctl.") || !group.is_of_replay())
                .map(|group| group.name.to_string())
                .collect()
        }
    })
}
