//! The README's commands are run, and print what it says.

use crate::support::{admin, broker};

#[test]
fn readme_shows_what_really_happens() {
    admin::create_topic(broker().address(), "orders", 1, &[]);
    let folder = tempfile::tempdir().unwrap();
    // trycmd runs NAME.md in NAME.in/, where the commands may leave their files.
    let directory = folder.path().join("README.in");
    std::fs::create_dir(&directory).unwrap();
    let fixtures = directory.join("fixtures");
    std::os::unix::fs::symlink(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures"), fixtures).unwrap();
    std::fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"),
        folder.path().join("README.md"),
    )
    .unwrap();
    trycmd::TestCases::new()
        .env("EVCTL_BROKERS", broker().address())
        .env("EVCTL_CONFIG", "/dev/null")
        .register_bin("evctl", std::path::Path::new(env!("CARGO_BIN_EXE_evctl")))
        .case(folder.path().join("README.md"))
        .run();
}
