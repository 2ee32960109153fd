//! A real Apache Kafka on this machine, for trying things out and for the tests: one node, KRaft,
//! loopback only; and a schema registry beside it when one is asked for. Knows processes and ports;
//! it must not know commands, or what is in a topic.

mod child;
mod copies;
mod demo;
mod error;
mod jars;
mod java;
mod jvm;
mod log;
mod probe;
mod process;
mod properties;
mod registry;
mod server;
mod standing;

pub use child::{ChildError, run_child};
pub use demo::{DemoStep, FILES, STEPS, TOPICS};
pub use error::SandboxError;
pub use probe::answers;
pub use process::Lifetime;
pub use properties::{SecuredListeners, Security, User};
pub use registry::{RegistryServer, registry_answers, registry_lacks};
pub use server::{Options, Server};
pub use standing::{Standing, State};
