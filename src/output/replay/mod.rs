//! Results of `evctl replay`.

mod list;
mod plan;
mod run;
mod verification;

pub use list::{KnownReplay, passed, replay_list, replay_status, status_notes};
pub use plan::{ReplayPlan, empty_window, window};
pub use run::{FinishedReplay, Remark, ReplayResult};
pub use verification::verified_replay;
