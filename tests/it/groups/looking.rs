//! Looking makes nothing: neither groups nor Kafka's own topic of offsets.

use evctl::sandbox::{Lifetime, Server};

use crate::support::{
    Home, admin, kafka,
    members::{commit, list_groups},
};

#[test]
fn nothing_is_made_on_a_new_cluster_by_looking_and_no_group_by_dry_runs() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let at = server.address();
    let home = Home::new();
    let run = |arguments: &[&str], code: i32| {
        let arguments = [&["groups"], arguments, &["-b", at]].concat();
        let _output = home.evctl(&arguments).without_terminal().run().exits(code);
    };
    admin::create_topic(at, "orders", 2, &[]);
    run(&["list"], 0);
    run(&["describe", "nobody"], 4);
    run(&["export", "nobody"], 4);
    run(&["delete", "nobody", "--yes"], 4);
    run(
        &["delete-offsets", "nobody", "--topic", "orders", "--yes"],
        4,
    );
    run(&["seek", "nobody", "--from", "earliest", "--yes"], 4);
    let new = [
        "seek", "nobody", "--create", "--topic", "orders", "--from", "earliest",
    ];
    run(&[new.as_slice(), &["--dry-run"]].concat(), 0);
    assert_eq!(admin::leaders(at, "__consumer_offsets"), None);

    commit(at, "billing", &[("orders", 0, 0)]);
    let before = list_groups(at);
    run(&["list"], 0);
    run(&["describe", "billing"], 0);
    run(&["export", "billing"], 0);
    run(&["describe", "nobody"], 4);
    run(&[new.as_slice(), &["--dry-run"]].concat(), 0);
    run(&["seek", "billing", "--from", "latest", "--dry-run"], 0);
    run(&["delete", "billing", "--dry-run"], 0);
    run(
        &[
            "delete-offsets",
            "billing",
            "--topic",
            "orders",
            "--dry-run",
        ],
        0,
    );
    // Refused for want of somebody who could be asked.
    run(&new, 6);
    run(&["delete", "billing"], 6);
    assert_eq!(list_groups(at), before);
    assert_eq!(before, ["billing"]);

    // And on a cluster where nobody has ever committed, a group can be made.
    let fresh = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let at = fresh.address();
    admin::create_topic(at, "orders", 2, &[]);
    let arguments = [&["groups"], new.as_slice(), &["--yes", "-b", at]].concat();
    let _made = home.evctl(&arguments).run().ok();
    assert_eq!(list_groups(at), ["nobody"]);
}
