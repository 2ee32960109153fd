//! What was found between schemas, as a tree that grows as they do. Pairs of schemas that are met
//! again share what was found in them, and nobody writes out paths that nobody reads.

use std::rc::Rc;

/// No more is listed than this.
const MOST_FOUND: usize = 10_000;

/// All paths together are no longer than this.
const MOST_TEXT: usize = 32 << 20;

/// A path in pieces.
#[derive(Clone, Debug, Default)]
pub struct Path {
    last: Option<Rc<(Path, String)>>,
    is_unread: bool,
}

impl Path {
    /// A path that nobody reads, nor any that goes on from it: it costs nothing.
    pub fn unread() -> Self {
        Self {
            last: None,
            is_unread: true,
        }
    }

    /// The path with a step more.
    pub fn join(&self, step: impl Into<String>) -> Self {
        if self.is_unread {
            return Self::unread();
        }
        Self {
            last: Some(Rc::new((self.clone(), step.into()))),
            is_unread: false,
        }
    }

    /// A path of some steps.
    pub fn of(steps: &[&str]) -> Self {
        steps
            .iter()
            .fold(Self::default(), |path, step| path.join(*step))
    }

    /// The path as it is written.
    pub fn text(&self) -> String {
        let mut steps = Vec::new();
        self.steps(&mut steps);
        steps.join("/")
    }

    fn steps<'p>(&'p self, steps: &mut Vec<&'p str>) {
        let before = steps.len();
        let mut here = self;
        while let Some(link) = &here.last {
            steps.push(&link.1);
            here = &link.0;
        }
        steps[before..].reverse();
    }
}

impl Drop for Path {
    /// Long paths are taken apart one by one, not all at once.
    fn drop(&mut self) {
        let mut link = self.last.take();
        while let Some(mut inner) = link.and_then(Rc::into_inner) {
            link = inner.0.last.take();
        }
    }
}

/// What was found in a pair of schemas; paths begin at the pair.
#[derive(Debug)]
pub struct Tree<T> {
    entries: Vec<Entry<T>>,
    outcome: Outcome,
}

/// What a comparison comes to, the worst last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing was found.
    #[default]
    Same,
    /// Nothing that was found is refused.
    Compatible,
    Refused,
}

#[derive(Debug)]
enum Entry<T> {
    One(Path, bool, T),
    /// All that was found in a pair, below a path.
    All(Path, Rc<Tree<T>>),
}

impl Outcome {
    /// The outcome of something that was found.
    pub fn of(refused: bool) -> Self {
        if refused {
            Self::Refused
        } else {
            Self::Compatible
        }
    }
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            outcome: Outcome::Same,
        }
    }
}

impl<T> Tree<T> {
    /// Whether nothing in it is refused.
    pub fn is_compatible(&self) -> bool {
        self.outcome != Outcome::Refused
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.outcome == Outcome::Same
    }

    /// What the comparison comes to.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Counts something that is not kept.
    pub fn note(&mut self, outcome: Outcome) {
        self.outcome = self.outcome.max(outcome);
    }

    /// Adds something, and whether it is refused.
    pub fn add(&mut self, path: Path, refused: bool, found: T) {
        self.note(Outcome::of(refused));
        self.entries.push(Entry::One(path, refused, found));
    }

    /// Adds all that was found in a pair.
    pub fn nest(&mut self, path: Path, tree: Rc<Self>) {
        self.note(tree.outcome);
        if !tree.entries.is_empty() {
            self.entries.push(Entry::All(path, tree));
        }
    }

    /// Adds what was found in the same pair.
    pub fn extend(&mut self, mut other: Self) {
        self.note(other.outcome);
        self.entries.append(&mut other.entries);
    }

    /// Everything with the steps that lead to it, in order. Where it is too much, the rest is left
    /// out; but if anything is refused, something refused is in the list.
    pub fn list<F>(&self, mut write: impl FnMut(&[&str], &T) -> F) -> Vec<F> {
        let mut list = Vec::new();
        let mut told = self.is_compatible();
        let mut text = 0;
        let mut steps: Vec<&str> = Vec::new();
        let mut open = vec![(0, self.entries.iter())];
        while let Some((before, entries)) = open.last_mut() {
            let full = list.len() >= MOST_FOUND || text >= MOST_TEXT;
            let Some(entry) = entries.next().filter(|_| !full || !told) else {
                steps.truncate(*before);
                open.pop();
                continue;
            };
            let before = steps.len();
            match entry {
                Entry::One(_, refused, _) if full && !refused => {}
                Entry::All(_, tree) if full && tree.is_compatible() => {}
                Entry::One(path, refused, found) => {
                    path.steps(&mut steps);
                    list.push(write(&steps, found));
                    text += steps.iter().map(|step| step.len() + 1).sum::<usize>();
                    told |= refused;
                    steps.truncate(before);
                }
                Entry::All(path, tree) => {
                    path.steps(&mut steps);
                    open.push((before, tree.entries.iter()));
                }
            }
        }
        list
    }
}

impl<T> Drop for Tree<T> {
    /// Deep trees are taken apart one by one, not all at once.
    fn drop(&mut self) {
        let mut open = std::mem::take(&mut self.entries);
        while let Some(entry) = open.pop() {
            if let Entry::All(_, tree) = entry
                && let Some(mut tree) = Rc::into_inner(tree)
            {
                open.append(&mut tree.entries);
            }
        }
    }
}
