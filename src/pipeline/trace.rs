//! Who is told of every request (`-vv`).

use std::{fmt, sync::Arc};

type Listener = dyn Fn(&str) + Send + Sync;

/// Takes a line about each request and answer; nobody, unless told otherwise.
#[derive(Clone, Default)]
pub struct Trace(Option<Arc<Listener>>);

impl Trace {
    /// Tells `listener`, from whichever thread a request is sent.
    pub fn to(listener: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    /// Tells what happened; the line is made only when somebody listens.
    pub fn tell(&self, line: fmt::Arguments<'_>) {
        if let Some(listener) = &self.0 {
            listener(&line.to_string());
        }
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.is_some() {
            "Trace(on)"
        } else {
            "Trace(off)"
        })
    }
}
