//! The producer client: made from properties, polled for events, destroyed at the end.

use std::{
    ffi::{CStr, CString, c_char},
    ptr,
    time::Duration,
};

use rdkafka::bindings as sys;

use super::{event::Event, message::Topic, owned::Owned};

/// What librdkafka refused before any record was sent.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// A property it does not know, or a value it does not take.
    #[error("property {name:?}: {reason}")]
    Property {
        /// The property.
        name: String,
        /// In librdkafka's words.
        reason: String,
    },
    /// The client could not be made.
    #[error("{0}")]
    Start(String),
}

/// A librdkafka producer. It is used by the thread that made it.
#[derive(Debug)]
pub struct Client {
    // Destroyed in this order: the queue belongs to the client.
    queue: Owned<sys::rd_kafka_queue_t>,
    client: Owned<sys::rd_kafka_t>,
}

impl Client {
    /// Makes a producer; nothing is connected yet.
    ///
    /// # Errors
    /// A property that librdkafka refuses, or that do not go together.
    pub fn new<'a>(
        properties: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RawError> {
        let conf = Conf::new()?;
        for (name, value) in properties {
            conf.set(name, value)?;
        }
        let client = conf.into_producer()?;
        // SAFETY: the client is alive; the reference that is returned is ours.
        let queue = unsafe { sys::rd_kafka_queue_get_main(client.as_ptr()) };
        // SAFETY: see above; null is handled.
        let queue = unsafe { Owned::new(queue, sys::rd_kafka_queue_destroy) };
        let queue = queue.ok_or_else(|| RawError::Start("no event queue".to_owned()))?;
        // SAFETY: both are alive; the log queue is forwarded, no ownership moves.
        unsafe { sys::rd_kafka_set_log_queue(client.as_ptr(), queue.as_ptr()) };
        Ok(Self { queue, client })
    }

    /// The handle of a topic, which must not outlive the client.
    ///
    /// # Errors
    /// The name is not one that a topic can have.
    pub fn topic(&self, name: &str) -> Result<Topic, RawError> {
        let refused = || RawError::Start(format!("{name:?} is not a topic's name"));
        let name = CString::new(name).map_err(|_| refused())?;
        // SAFETY: the client is alive, the name ends with NUL, no topic configuration is given.
        let topic = unsafe {
            sys::rd_kafka_topic_new(self.client.as_ptr(), name.as_ptr(), ptr::null_mut())
        };
        // SAFETY: the handle is ours alone; null is handled.
        let topic = unsafe { Owned::new(topic, sys::rd_kafka_topic_destroy) };
        topic.map(Topic::new).ok_or_else(refused)
    }

    /// Asks for the metadata of all topics with a handle, which also makes the client connect to
    /// their leaders. The answer is librdkafka's to use; whether there was one is told.
    #[must_use]
    pub fn learn(&self, timeout: Duration) -> bool {
        let mut metadata = ptr::null();
        // SAFETY: the client is alive; the answer is written to a local variable.
        let code = unsafe {
            sys::rd_kafka_metadata(
                self.client.as_ptr(),
                0,
                ptr::null_mut(),
                &raw mut metadata,
                millis(timeout),
            )
        };
        if metadata.is_null() {
            return false;
        }
        // SAFETY: librdkafka gave it to us to destroy, and it is used by nobody else.
        unsafe { sys::rd_kafka_metadata_destroy(metadata) };
        code == sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// Waits up to `timeout` for something to happen; `None` when nothing did.
    #[must_use]
    pub fn poll(&self, timeout: Duration) -> Option<Event> {
        // SAFETY: the queue is alive, and polled by one thread only.
        let event = unsafe { sys::rd_kafka_queue_poll(self.queue.as_ptr(), millis(timeout)) };
        // SAFETY: the event is ours; null, which means none, is handled.
        let event = unsafe { Owned::new(event, sys::rd_kafka_event_destroy) };
        event.map(Event::new)
    }

    /// Makes every broker thread send what it holds now, whatever `linger.ms` says.
    pub fn hurry(&self) {
        // SAFETY: the client is alive. With reports taken as events the call only waits, 1 ms here.
        unsafe { sys::rd_kafka_flush(self.client.as_ptr(), 1) };
    }

    /// Gives up on every record that was sent and not answered: each is reported as a delivery.
    pub fn purge_in_flight(&self) {
        // SAFETY: the client is alive.
        unsafe { sys::rd_kafka_purge(self.client.as_ptr(), sys::RD_KAFKA_PURGE_F_INFLIGHT) };
    }

    /// Gives up on every record that is not acknowledged yet: each is reported as a delivery.
    pub fn purge(&self) {
        let flags = sys::RD_KAFKA_PURGE_F_QUEUE | sys::RD_KAFKA_PURGE_F_INFLIGHT;
        // SAFETY: the client is alive.
        unsafe { sys::rd_kafka_purge(self.client.as_ptr(), flags) };
    }

    pub(super) fn as_ptr(&self) -> *mut sys::rd_kafka_t {
        self.client.as_ptr()
    }
}

/// A configuration under construction.
struct Conf(Owned<sys::rd_kafka_conf_t>);

impl Conf {
    fn new() -> Result<Self, RawError> {
        // SAFETY: no preconditions.
        let conf = unsafe { sys::rd_kafka_conf_new() };
        // SAFETY: it is ours alone; null is handled.
        let conf = unsafe { Owned::new(conf, sys::rd_kafka_conf_destroy) };
        conf.map(Self)
            .ok_or_else(|| RawError::Start("no memory".to_owned()))
    }

    fn set(&self, name: &str, value: &str) -> Result<(), RawError> {
        let refused = |reason: String| RawError::Property {
            name: name.to_owned(),
            reason,
        };
        let (Ok(c_name), Ok(c_value)) = (CString::new(name), CString::new(value)) else {
            return Err(refused("it contains a NUL".to_owned()));
        };
        let mut reason = Reason::default();
        // SAFETY: all strings end with NUL, and the buffer is as long as is said.
        let result = unsafe {
            sys::rd_kafka_conf_set(
                self.0.as_ptr(),
                c_name.as_ptr(),
                c_value.as_ptr(),
                reason.as_mut_ptr(),
                reason.len(),
            )
        };
        match result {
            sys::rd_kafka_conf_res_t::RD_KAFKA_CONF_OK => Ok(()),
            _ => Err(refused(reason.text())),
        }
    }

    fn into_producer(self) -> Result<Owned<sys::rd_kafka_t>, RawError> {
        self.set("log.queue", "true")?;
        let events = sys::RD_KAFKA_EVENT_DR | sys::RD_KAFKA_EVENT_ERROR | sys::RD_KAFKA_EVENT_LOG;
        // SAFETY: the configuration is alive.
        unsafe { sys::rd_kafka_conf_set_events(self.0.as_ptr(), events) };
        let mut reason = Reason::default();
        // SAFETY: the configuration is alive, and the buffer is as long as is said.
        let client = unsafe {
            sys::rd_kafka_new(
                sys::rd_kafka_type_t::RD_KAFKA_PRODUCER,
                self.0.as_ptr(),
                reason.as_mut_ptr(),
                reason.len(),
            )
        };
        // SAFETY: it is ours alone; null is handled.
        let client = unsafe { Owned::new(client, sys::rd_kafka_destroy) };
        let client = client.ok_or_else(|| RawError::Start(reason.text()))?;
        // Only a client that was made has taken the configuration over.
        self.0.release();
        Ok(client)
    }
}

/// Room for librdkafka's reason for a refusal.
pub(super) struct Reason([c_char; 512]);

impl Default for Reason {
    fn default() -> Self {
        Self([0; 512])
    }
}

impl Reason {
    pub(super) fn as_mut_ptr(&mut self) -> *mut c_char {
        self.0.as_mut_ptr()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn text(&self) -> String {
        // SAFETY: librdkafka ends what it writes with NUL, and the array began as all NUL.
        let text = unsafe { CStr::from_ptr(self.0.as_ptr()) };
        text.to_string_lossy().into_owned()
    }
}

/// Whole milliseconds as librdkafka wants them.
pub(super) fn millis(timeout: Duration) -> i32 {
    i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX)
}
