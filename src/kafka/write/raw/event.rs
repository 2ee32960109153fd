//! What librdkafka has to tell: reports about records, errors, log lines.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    marker::PhantomData,
    ptr, slice,
};

use rdkafka::bindings as sys;

use super::owned::Owned;
use crate::event::HeaderBuf;

/// Something that happened in the client.
#[derive(Debug)]
pub enum Event {
    /// The fate of some records.
    Deliveries(Deliveries),
    /// An error of the client as a whole.
    Error {
        /// librdkafka's code; negative ones are its own.
        code: i32,
        /// Whether the client can go on no more.
        fatal: bool,
        /// In librdkafka's words.
        reason: String,
    },
    /// A line of librdkafka's log.
    Log(Log),
    /// Nothing that concerns us.
    Other,
}

/// A line of librdkafka's log.
#[derive(Clone, Debug)]
pub struct Log {
    /// syslog's severity: 7 is debug, 3 an error.
    pub level: i32,
    /// What part of librdkafka speaks.
    pub facility: String,
    /// What it says.
    pub text: String,
}

impl Event {
    pub(super) fn new(event: Owned<sys::rd_kafka_event_t>) -> Self {
        // SAFETY: the event is alive.
        match unsafe { sys::rd_kafka_event_type(event.as_ptr()) } {
            sys::RD_KAFKA_EVENT_DR => Self::Deliveries(Deliveries(event)),
            sys::RD_KAFKA_EVENT_ERROR => error(&event),
            sys::RD_KAFKA_EVENT_LOG => log(&event).map_or(Self::Other, Self::Log),
            _ => Self::Other,
        }
    }
}

unsafe extern "C" {
    /// The bindings' own returns an enum, which must not hold a code that is newer than they are.
    #[link_name = "rd_kafka_event_error"]
    pub(super) fn event_code(event: *mut sys::rd_kafka_event_t) -> c_int;
}

fn error(event: &Owned<sys::rd_kafka_event_t>) -> Event {
    // SAFETY: the event is alive.
    let code = unsafe { event_code(event.as_ptr()) };
    // SAFETY: as above.
    let fatal = unsafe { sys::rd_kafka_event_error_is_fatal(event.as_ptr()) };
    // SAFETY: as above; the text lives as long as the event.
    let reason = unsafe { sys::rd_kafka_event_error_string(event.as_ptr()) };
    Event::Error {
        code,
        fatal: fatal != 0,
        // SAFETY: a C string that outlives this call, or null.
        reason: unsafe { text(reason) },
    }
}

fn log(event: &Owned<sys::rd_kafka_event_t>) -> Option<Log> {
    let (mut facility, mut line, mut level) = (ptr::null(), ptr::null(), 0);
    // SAFETY: the event is alive; the answers are written to local variables.
    let result = unsafe {
        sys::rd_kafka_event_log(
            event.as_ptr(),
            &raw mut facility,
            &raw mut line,
            &raw mut level,
        )
    };
    (result == 0).then(|| Log {
        level,
        // SAFETY: a C string that lives as long as the event, or null.
        facility: unsafe { text(facility) },
        // SAFETY: as above.
        text: unsafe { text(line) },
    })
}

/// # Safety
/// `text` is null or a C string that is alive during the call.
unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(text) }
        .to_string_lossy()
        .into_owned()
}

/// The fate of some records of one partition, in the order they were sent.
#[derive(Debug)]
pub struct Deliveries(Owned<sys::rd_kafka_event_t>);

impl Deliveries {
    /// How many records were acknowledged, when all of them were: then they need no look each.
    #[must_use]
    pub fn all_acknowledged(&self) -> Option<u64> {
        // SAFETY: the event is alive.
        let code = unsafe { event_code(self.0.as_ptr()) };
        // SAFETY: as above.
        let count = unsafe { sys::rd_kafka_event_message_count(self.0.as_ptr()) };
        (code == 0).then_some(count as u64)
    }

    /// The next record's fate.
    pub fn next(&mut self) -> Option<Delivery<'_>> {
        // SAFETY: the event is alive.
        let message = unsafe { sys::rd_kafka_event_message_next(self.0.as_ptr()) };
        (!message.is_null()).then_some(Delivery {
            message,
            event: PhantomData,
        })
    }
}

/// One record's fate, and the record itself, which librdkafka still holds.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Alive as long as the event, so as long as `'a`.
    message: *const sys::rd_kafka_message_t,
    event: PhantomData<&'a Deliveries>,
}

impl<'a> Delivery<'a> {
    /// 0 when the record was acknowledged; else the broker's code, or a negative one of librdkafka.
    #[must_use]
    pub fn code(self) -> i32 {
        // SAFETY: the message is alive; only an address is taken.
        let code = unsafe { &raw const (*self.message).err };
        // SAFETY: a C enum is an int, initialised by librdkafka; as an int any value is valid.
        unsafe { code.cast::<i32>().read() }
    }

    fn set_code(self, code: i32) {
        // SAFETY: the message is alive; only an address is taken.
        let place = unsafe { &raw mut (*self.message.cast_mut()).err };
        // SAFETY: the message lies in librdkafka's heap and is, until the event is destroyed, for
        // this thread alone; an int is written where C has one.
        unsafe { place.cast::<i32>().write(code) }
    }

    /// The number that was sent along.
    #[must_use]
    pub fn tag(self) -> u64 {
        // SAFETY: the message is alive.
        let tag = unsafe { (*self.message)._private };
        tag.addr() as u64
    }

    /// The topic it was sent to.
    #[must_use]
    pub fn topic(self) -> &'a str {
        // SAFETY: the message is alive.
        let topic = unsafe { (*self.message).rkt };
        if topic.is_null() {
            return "";
        }
        // SAFETY: the message keeps its topic alive.
        let name = unsafe { sys::rd_kafka_topic_name(topic) };
        // SAFETY: a C string that lives as long as the topic.
        unsafe { CStr::from_ptr(name) }.to_str().unwrap_or_default()
    }

    /// The partition it was sent to; negative when none was chosen yet.
    #[must_use]
    pub fn partition(self) -> i32 {
        // SAFETY: the message is alive.
        unsafe { (*self.message).partition }
    }

    /// The offset it got; negative when unknown.
    #[must_use]
    pub fn offset(self) -> i64 {
        // SAFETY: the message is alive.
        unsafe { (*self.message).offset }
    }

    /// Whether a record without an acknowledgement may have been written all the same.
    #[must_use]
    pub fn may_be_written(self) -> bool {
        // SAFETY: the message is alive; the answer is librdkafka's own enum.
        let status = unsafe { sys::rd_kafka_message_status(self.message) };
        status != sys::rd_kafka_msg_status_t::RD_KAFKA_MSG_STATUS_NOT_PERSISTED
    }

    /// The key that was sent.
    #[must_use]
    pub fn key(self) -> Option<&'a [u8]> {
        // SAFETY: the message is alive.
        let key = unsafe { (*self.message).key };
        // SAFETY: as above.
        let length = unsafe { (*self.message).key_len };
        // SAFETY: the message owns `length` bytes at `key` for as long as it is alive.
        unsafe { bytes(key, length) }
    }

    /// The value that was sent.
    #[must_use]
    pub fn value(self) -> Option<&'a [u8]> {
        // SAFETY: the message is alive.
        let value = unsafe { (*self.message).payload };
        // SAFETY: as above.
        let length = unsafe { (*self.message).len };
        // SAFETY: the message owns `length` bytes at `value` for as long as it is alive.
        unsafe { bytes(value, length) }
    }

    /// The timestamp that was sent; -1 when it is not known.
    #[must_use]
    pub fn timestamp(self) -> i64 {
        let code = self.code();
        // librdkafka tells no timestamp of a message with an error: the error is put aside.
        self.set_code(0);
        // SAFETY: the message is alive; the kind of timestamp may be left out.
        let timestamp = unsafe { sys::rd_kafka_message_timestamp(self.message, ptr::null_mut()) };
        self.set_code(code);
        timestamp
    }

    /// The headers that were sent.
    #[must_use]
    pub fn headers(self) -> HeaderBuf {
        let mut copied = HeaderBuf::default();
        let mut headers = ptr::null_mut();
        // SAFETY: the message is alive and keeps its headers; a local variable points to them.
        let code = unsafe { sys::rd_kafka_message_headers(self.message, &raw mut headers) };
        if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            return copied;
        }
        for index in 0.. {
            let (mut name, mut value, mut length) = (ptr::null(), ptr::null(), 0);
            // SAFETY: the headers are alive; the answers are written to local variables.
            let code = unsafe {
                sys::rd_kafka_header_get_all(
                    headers,
                    index,
                    &raw mut name,
                    &raw mut value,
                    &raw mut length,
                )
            };
            if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                break;
            }
            // SAFETY: the name is a C string that lives as long as the headers.
            let name = unsafe { CStr::from_ptr(name) };
            // SAFETY: the headers own `length` bytes at `value`, or it is null.
            copied.push(name.to_bytes(), unsafe { bytes(value, length) });
        }
        copied
    }
}

/// The bytes at `pointer`; `None` when it is null.
///
/// # Safety
/// `pointer` is null, or `length` bytes at it stay readable and unchanged during `'a`.
pub(super) unsafe fn bytes<'a>(pointer: *const c_void, length: usize) -> Option<&'a [u8]> {
    if pointer.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { slice::from_raw_parts(pointer.cast(), length) })
}
