//! Redaction of records before they are printed or saved: the profile's `redact`, `--redact` and
//! `--no-redact`.

use crate::{cmd::cluster, command::Context, failure::Failure, redact::Redactor};

/// The values that are masked in printed or saved records.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Redacting records")]
pub struct RedactArgs {
    /// Mask the value at a path (can be repeated): --redact customer.email
    ///
    /// Adds to the paths of the profile's "redact". Paths lead into JSON values: customer.email,
    /// items.price (through arrays), or are key, key.email, value, headers, headers.authorization
    /// (in any case). The value becomes "[redacted]" before any other output stage, and so does a
    /// text, number or boolean on the way to it. A key or value that is not a JSON object or array is
    /// masked whole when a path leads into it. --filter, --grep and --key still see the original
    /// record.
    #[arg(long, value_name = "PATH")]
    redact: Vec<String>,
    /// Show values that the profile redacts; a protected profile asks for the cluster's name
    #[arg(long, conflicts_with = "redact")]
    no_redact: bool,
}

/// Whether the profile redacts anything, so that error messages must not quote records.
///
/// # Errors
/// A configuration that cannot be read.
pub(in crate::cmd) fn profile_redacts(context: &Context) -> Result<bool, Failure> {
    let redact = context.profile()?.profile.redact;
    Ok(redact.is_some_and(|paths| !paths.value.is_empty()))
}

/// The paths that are masked; none when nothing is.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Redaction {
    /// Those of the profile, with the place they stand in.
    profile: Vec<String>,
    origin: String,
    /// Those of `--redact`.
    typed: Vec<String>,
}

impl RedactArgs {
    /// The paths of the profile and of the command line. Reading them fetches no secret, so that files
    /// are read without one.
    ///
    /// # Errors
    /// A configuration that cannot be read; `--no-redact` that a protected profile does not allow.
    pub(in crate::cmd) fn redaction(&self, context: &Context) -> Result<Redaction, Failure> {
        let chosen = context.profile()?;
        let mut redaction = Redaction {
            typed: self.redact.clone(),
            ..Redaction::default()
        };
        let Some(redact) = chosen
            .profile
            .redact
            .filter(|paths| !paths.value.is_empty())
        else {
            return Ok(redaction);
        };
        if self.no_redact {
            let protected = chosen
                .profile
                .protected
                .is_some_and(|setting| setting.value);
            let cluster = chosen.profile.cluster.or(chosen.name);
            let name = cluster.map_or_else(|| "this cluster".to_owned(), |name| name.value);
            let action = format!("show {}", redact.value.join(", "));
            cluster::permit_named(context, protected.then_some(&name), &action).map_err(
                |failure| Failure {
                    message: "--no-redact was refused, nothing was read".to_owned(),
                    ..failure
                },
            )?;
            return Ok(redaction);
        }
        redaction.profile = redact.value;
        redaction.origin = redact.origin.to_string();
        Ok(redaction)
    }
}

impl Redaction {
    /// All paths, each once.
    pub(in crate::cmd) fn paths(&self) -> Vec<String> {
        let mut paths = self.profile.clone();
        for path in &self.typed {
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths
    }

    /// The redactor; `None` when nothing is masked.
    ///
    /// # Errors
    /// An invalid path.
    pub(in crate::cmd) fn redactor(&self) -> Result<Option<Redactor>, Failure> {
        let mut redactor = Redactor::new(&self.typed)
            .map_err(|error| Failure::usage(format!("--redact: {error}")))?;
        redactor
            .add_all(&self.profile)
            .map_err(|error| Failure::usage(format!("redact of {}: {error}", self.origin)))?;
        Ok((!redactor.is_empty()).then_some(redactor))
    }
}
