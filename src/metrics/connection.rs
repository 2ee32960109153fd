//! One client: its request is read, answered, and the connection closed. Nothing here waits.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, TcpStream},
    os::fd::{AsFd, BorrowedFd},
    time::{Duration, Instant},
};

use rustix::event::PollFlags;

use super::{
    Snapshot,
    answer::{Answer, Status},
    request::{self, MAX_HEAD},
    server::Bounds,
};

/// How long a client that was answered has to close its end.
const FAREWELL: Duration = Duration::from_secs(1);

/// A client that is being served.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    state: State,
    /// When the state is to be over.
    deadline: Instant,
}

#[derive(Debug)]
enum State {
    /// The request comes in.
    Asking(Vec<u8>),
    /// The answer goes out; so much is sent.
    Answering(Answer, usize),
    /// The answer is sent and our end is closed. What still comes is read and dropped: a connection
    /// that is closed with something unread is reset, which can take the answer with it.
    Leaving,
}

/// Whether a connection goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    Open,
    Over,
}

impl Connection {
    /// A client that has just connected.
    pub(super) fn new(stream: TcpStream, bounds: Bounds, now: Instant) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            state: State::Asking(Vec::new()),
            deadline: now + bounds.to_ask,
        })
    }

    /// What to wait for.
    pub(super) fn interest(&self) -> PollFlags {
        match self.state {
            State::Asking(_) | State::Leaving => PollFlags::IN,
            State::Answering(..) => PollFlags::OUT,
        }
    }

    /// When it is to be looked at, whatever it does.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether somebody else may have its place: it gets no answer just now.
    pub(super) fn is_idle(&self) -> bool {
        !matches!(self.state, State::Answering(..))
    }

    /// Goes one step on: reads once or writes once, so that nobody keeps the others waiting.
    pub(super) fn advance(&mut self, snapshot: &Snapshot, bounds: Bounds) -> Progress {
        let step = match &mut self.state {
            State::Asking(_) => self.ask(snapshot, bounds),
            State::Answering(..) => self.answer(),
            State::Leaving => self.leave(),
        };
        match step {
            Ok(progress) => progress,
            Err(error) if is_passing(&error) => Progress::Open,
            Err(_) => Progress::Over,
        }
    }

    /// What becomes of it when its time is over: who has not asked is told so, nobody waits twice.
    pub(super) fn expire(&mut self, snapshot: &Snapshot, now: Instant) -> Progress {
        match &self.state {
            State::Asking(bytes) if !bytes.is_empty() => {
                let answer = Answer::to(Err(Status::RequestTimeout), snapshot, now);
                self.state = State::Answering(answer, 0);
                self.deadline = now + FAREWELL;
                Progress::Open
            }
            _ => Progress::Over,
        }
    }

    fn ask(&mut self, snapshot: &Snapshot, bounds: Bounds) -> io::Result<Progress> {
        let State::Asking(bytes) = &mut self.state else {
            return Ok(Progress::Open);
        };
        let mut chunk = [0; MAX_HEAD];
        let count = self.stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(Progress::Over);
        }
        bytes.extend_from_slice(&chunk[..count]);
        if let Some(request) = request::parse(bytes) {
            let now = Instant::now();
            self.state = State::Answering(Answer::to(request, snapshot, now), 0);
            self.deadline = now + bounds.to_answer;
            return self.answer();
        }
        Ok(Progress::Open)
    }

    fn answer(&mut self) -> io::Result<Progress> {
        let State::Answering(answer, sent) = &mut self.state else {
            return Ok(Progress::Open);
        };
        let rest = answer.rest(*sent);
        if !rest.is_empty() {
            match self.stream.write(rest)? {
                0 => return Ok(Progress::Over),
                count => *sent += count,
            }
        }
        if answer.rest(*sent).is_empty() {
            self.stream.shutdown(Shutdown::Write)?;
            self.state = State::Leaving;
            self.deadline = Instant::now() + FAREWELL;
        }
        Ok(Progress::Open)
    }

    fn leave(&mut self) -> io::Result<Progress> {
        let mut chunk = [0; MAX_HEAD];
        match self.stream.read(&mut chunk)? {
            0 => Ok(Progress::Over),
            _ => Ok(Progress::Open),
        }
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
