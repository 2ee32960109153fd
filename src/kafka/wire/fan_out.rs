//! The same question to several brokers, side by side.

use std::{sync::Arc, thread};

use super::{
    cause::{Cause, WireError},
    client::Client,
    connection::Connection,
};

impl Client {
    /// Runs `ask` on a connection to each of `brokers`, each on a thread of its own when there are
    /// several. The answers come in the order of `brokers`.
    ///
    /// An idle connection that the broker has closed meanwhile is made anew, once; so `ask` may run
    /// twice, and must not change anything that it must not change twice.
    pub fn on_each<T: Send>(
        &mut self,
        brokers: impl IntoIterator<Item = i32>,
        ask: impl Fn(i32, &mut Connection) -> Result<T, WireError> + Sync,
    ) -> Vec<(i32, Result<T, WireError>)> {
        let calls: Vec<_> = brokers
            .into_iter()
            .map(|id| {
                let call = self
                    .address_of(id)
                    .map(|address| (self.idle.remove(&address), address));
                (id, call)
            })
            .collect();
        let alone = calls.len() == 1;
        let one = |id: i32, (idle, address): (Option<Connection>, Arc<str>)| {
            self.attempt(idle, &address, |connection| ask(id, connection))
        };
        let answered: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = calls
                .into_iter()
                .map(|(id, call)| match call {
                    Err(error) => (id, Ok(Err(error))),
                    Ok(call) if alone => (id, Ok(one(id, call))),
                    Ok(call) => (id, Err(scope.spawn(move || one(id, call)))),
                })
                .collect();
            running
                .into_iter()
                .map(|(id, running)| {
                    let done = running.unwrap_or_else(|thread| {
                        thread
                            .join()
                            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                    });
                    (id, done)
                })
                .collect()
        });
        answered
            .into_iter()
            .map(|(id, done)| {
                let answer = done.map(|(connection, answer)| {
                    self.give_back(connection);
                    answer
                });
                (id, answer)
            })
            .collect()
    }

    /// Runs `ask` on `idle`, or on a new connection when there is none or the broker has closed it.
    fn attempt<T>(
        &self,
        idle: Option<Connection>,
        address: &str,
        ask: impl Fn(&mut Connection) -> Result<T, WireError>,
    ) -> Result<(Connection, T), WireError> {
        if let Some(mut connection) = idle {
            match ask(&mut connection) {
                Err(WireError {
                    cause: Cause::Closed,
                    ..
                }) => {}
                answer => return answer.map(|answer| (connection, answer)),
            }
        }
        let mut connection = self.open(address)?;
        let answer = ask(&mut connection)?;
        Ok((connection, answer))
    }
}
