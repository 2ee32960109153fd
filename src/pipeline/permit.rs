//! The right to change a cluster. A function that writes to one, or deletes from one, takes a
//! [`Permit`]; there is no other way to get one than to ask here.

/// What a command is about to do to a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Intent<'a> {
    /// The question's subject in a few words: `produce to "orders"`.
    pub action: &'a str,
    /// The cluster's name as it is to be typed; `None` when the profile is not protected.
    pub protected: Option<&'a str>,
    /// Whether an unprotected cluster needs a question, too.
    pub always_ask: bool,
}

/// Proof that a change was allowed: by an unprotected profile, by `--yes` or by an answer.
#[derive(Clone, Copy, Debug)]
pub struct Permit(());

/// A change that was not allowed; nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nobody could be asked.
    #[error("there is no terminal to ask on and no --yes")]
    NoTerminal,
    /// Nobody could be asked about a protected cluster.
    #[error("the cluster {0:?} is protected, and there is no terminal to type its name on")]
    NoTerminalForName(String),
    /// `--yes` alone is not enough for a protected cluster.
    #[error("the cluster {0:?} is protected, and --cluster does not name it")]
    ClusterNotNamed(String),
    /// The person at the terminal said no.
    #[error("the question was answered no")]
    Declined,
}

/// Whoever can be asked: the terminal, or nobody.
pub trait Gate {
    /// Asks a yes/no question; `None` when there is nobody to ask.
    fn confirm(&mut self, question: &str) -> Option<bool>;
    /// Asks for `name` to be typed; `None` when there is nobody to ask.
    fn retype(&mut self, question: &str, name: &str) -> Option<bool>;
}

impl Permit {
    /// Applies the house rule: an unprotected cluster needs an answer only where the intent says
    /// so, a protected one needs its name typed, or `--yes --cluster NAME`.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn ask(
        intent: &Intent<'_>,
        yes: bool,
        named: Option<&str>,
        gate: &mut dyn Gate,
    ) -> Result<Self, Refused> {
        let nobody = match intent.protected {
            None => Refused::NoTerminal,
            Some(name) => Refused::NoTerminalForName(name.to_owned()),
        };
        let answer = match intent.protected {
            None if yes || !intent.always_ask => return Ok(Self(())),
            None => gate.confirm(&format!("{}?", intent.action)),
            Some(name) if yes => {
                return if named == Some(name) {
                    Ok(Self(()))
                } else {
                    Err(Refused::ClusterNotNamed(name.to_owned()))
                };
            }
            Some(name) => gate.retype(
                &format!("{} on the protected cluster {name:?}", intent.action),
                name,
            ),
        };
        match answer {
            Some(true) => Ok(Self(())),
            Some(false) => Err(Refused::Declined),
            None => Err(nobody),
        }
    }

    /// The permit for a cluster that evctl started itself and throws away: sandbox and tests.
    #[must_use]
    pub fn for_own_sandbox() -> Self {
        Self(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Answer(Option<bool>);

    impl Gate for Answer {
        fn confirm(&mut self, _: &str) -> Option<bool> {
            self.0
        }
        fn retype(&mut self, _: &str, _: &str) -> Option<bool> {
            self.0
        }
    }

    fn ask(
        protected: Option<&str>,
        always_ask: bool,
        yes: bool,
        named: Option<&str>,
        answer: Option<bool>,
    ) -> Result<(), Refused> {
        let intent = Intent {
            action: "produce",
            protected,
            always_ask,
        };
        Permit::ask(&intent, yes, named, &mut Answer(answer)).map(|_| ())
    }

    #[test]
    fn an_unprotected_cluster_asks_only_where_the_intent_says_so() {
        assert_eq!(ask(None, false, false, None, None), Ok(()));
        assert_eq!(ask(None, true, false, None, None), Err(Refused::NoTerminal));
        assert_eq!(ask(None, true, true, None, None), Ok(()));
        assert_eq!(
            ask(None, true, false, None, Some(false)),
            Err(Refused::Declined)
        );
    }

    #[test]
    fn a_protected_cluster_wants_its_name() {
        let refused = Err(Refused::ClusterNotNamed("prod".to_owned()));
        assert_eq!(ask(Some("prod"), false, true, None, Some(true)), refused);
        assert_eq!(ask(Some("prod"), false, true, Some("dev"), None), refused);
        assert_eq!(ask(Some("prod"), false, true, Some("prod"), None), Ok(()));
        assert_eq!(
            ask(Some("prod"), false, false, None, None),
            Err(Refused::NoTerminalForName("prod".to_owned()))
        );
        assert_eq!(ask(Some("prod"), false, false, None, Some(true)), Ok(()));
    }
}
