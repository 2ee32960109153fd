//! Whether the process was started without a standard output (`>&-`).
//!
//! Rust opens `/dev/null` in its place before `main`, so that what is printed would be lost without
//! a word. That this `/dev/null` can be read, too, tells nothing: many programs start others with
//! one like that on purpose (Python, Node). Only who looks earlier knows.

use std::{
    io,
    sync::atomic::{AtomicBool, Ordering},
};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Run by the loader before Rust's runtime begins.
#[cfg(target_os = "linux")]
#[used]
#[expect(
    unsafe_code,
    reason = "nothing safe runs before Rust's runtime; the function is sound at any time"
)]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = {
    extern "C" fn look() {
        let descriptor = rustix::io::fcntl_getfd(rustix::stdio::stdout());
        CLOSED.store(
            descriptor == Err(rustix::io::Errno::BADF),
            Ordering::Relaxed,
        );
    }
    look
};

/// Checks that there was a standard output when the process began.
///
/// # Errors
/// There was none. Where this cannot be known (not on Linux), there always was one.
pub fn check_stdout() -> io::Result<()> {
    if CLOSED.load(Ordering::Relaxed) {
        return Err(io::Error::other("it was closed when evctl was started"));
    }
    Ok(())
}
