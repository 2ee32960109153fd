//! Handing records over: many plain ones in one call, or one with everything a record can have.

use std::{
    ffi::{c_int, c_void},
    ops::Range,
    ptr,
};

use rdkafka::bindings as sys;

use super::{client::Client, event::bytes, owned::Owned};
use crate::event::{Headers, Record};

/// The handle of a topic that is written to.
#[derive(Debug)]
pub struct Topic(Owned<sys::rd_kafka_topic_t>);

impl Topic {
    pub(super) fn new(topic: Owned<sys::rd_kafka_topic_t>) -> Self {
        Self(topic)
    }

    /// Hands over what `batch` holds, copying it, to `partition` (negative: the partitioner
    /// decides for each record), from index `from` on. Returns the index of the first record that
    /// found the queue full and may be offered again; the others were taken, or refused for good
    /// and given to `refused` with librdkafka's code.
    pub fn send_batch(
        &self,
        partition: i32,
        batch: &mut Batch<'_>,
        from: usize,
        refused: &mut dyn FnMut(Plain<'_>, i32),
    ) -> usize {
        let pending = batch.messages.get_mut(from..).unwrap_or_default();
        let Ok(count) = c_int::try_from(pending.len()) else {
            return from;
        };
        // SAFETY: the topic is alive; `pending` holds `count` messages whose keys and values are
        // borrowed for as long as the batch, and librdkafka copies them before it returns.
        let taken = unsafe {
            sys::rd_kafka_produce_batch(
                self.0.as_ptr(),
                partition,
                sys::RD_KAFKA_MSG_F_COPY,
                pending.as_mut_ptr(),
                count,
            )
        };
        if taken == count {
            return batch.len();
        }
        // Once the queue is full, every later record is told so: the order is kept.
        for index in from..batch.len() {
            let Some(message) = batch.messages.get(index) else {
                break;
            };
            match message.err as i32 {
                0 => {}
                QUEUE_FULL => return index,
                code => refused(plain(message), code),
            }
        }
        batch.len()
    }

    /// Hands over one record, copying it. A partition below 0 is the partitioner's to choose; the
    /// timestamps 0 and -1 mean now. Others may lie before 1970.
    ///
    /// # Errors
    /// librdkafka's code; [`QUEUE_FULL`] means that it may be offered again.
    pub fn send(&self, client: &Client, record: &Record<'_>, tag: u64) -> Result<(), i32> {
        let headers = (!record.headers.is_empty())
            .then(|| copy(record.headers))
            .transpose()?;
        let [key, value] = [record.key, record.value].map(memory);
        let fields = [
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_RKT, |u| {
                u.rkt = self.0.as_ptr();
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_PARTITION, |u| {
                u.i32_ = record.partition.max(-1);
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_MSGFLAGS, |u| {
                u.i = sys::RD_KAFKA_MSG_F_COPY;
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_KEY, |u| u.mem = key),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_VALUE, |u| {
                u.mem = value;
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_TIMESTAMP, |u| {
                // librdkafka takes 0 for now.
                u.i64_ = match record.timestamp {
                    -1 => 0,
                    timestamp => timestamp,
                };
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_OPAQUE, |u| {
                u.ptr = opaque(tag);
            }),
            field(sys::rd_kafka_vtype_t::RD_KAFKA_VTYPE_HEADERS, |u| {
                u.headers = headers.as_ref().map_or(ptr::null_mut(), Owned::as_ptr);
            }),
        ];
        // A record without headers has no headers field.
        let count = fields.len() - usize::from(headers.is_none());
        // SAFETY: client and topic are alive, `fields` holds at least `count` of them, and what
        // they point to is borrowed during the call and copied in it.
        let error = unsafe { sys::rd_kafka_produceva(client.as_ptr(), fields.as_ptr(), count) };
        // SAFETY: the error is ours; null, which means none, is handled.
        let Some(error) = (unsafe { Owned::new(error, sys::rd_kafka_error_destroy) }) else {
            // Only a record that was taken has taken its headers along.
            headers.map(Owned::release);
            return Ok(());
        };
        // SAFETY: the error is alive; the codes of this call are librdkafka's own.
        Err(unsafe { sys::rd_kafka_error_code(error.as_ptr()) } as i32)
    }
}

/// librdkafka's code for "the queue is full, try again".
const QUEUE_FULL: i32 = sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR__QUEUE_FULL as i32;

/// A record without headers and timestamp.
#[derive(Clone, Copy, Debug)]
pub struct Plain<'a> {
    /// Its key.
    pub key: Option<&'a [u8]>,
    /// Its value.
    pub value: Option<&'a [u8]>,
    /// The number that comes back with its delivery.
    pub tag: u64,
}

/// Plain records, without headers and timestamps, that go to librdkafka in one call.
#[derive(Debug, Default)]
pub struct Batch<'a> {
    messages: Vec<sys::rd_kafka_message_t>,
    borrowed: std::marker::PhantomData<&'a [u8]>,
}

impl<'a> Batch<'a> {
    /// Adds a record; `tag` comes back with its delivery.
    pub fn push(&mut self, key: Option<&'a [u8]>, value: Option<&'a [u8]>, tag: u64) {
        let (key, value) = (memory(key), memory(value));
        self.messages.push(sys::rd_kafka_message_t {
            err: sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR,
            rkt: ptr::null_mut(),
            partition: -1,
            payload: value.ptr,
            len: value.size,
            key: key.ptr,
            key_len: key.size,
            offset: 0,
            _private: opaque(tag),
        });
    }

    /// The record at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Plain<'_>> {
        self.messages.get(index).map(plain)
    }

    /// Bytes of keys and values of the records with these indices.
    #[must_use]
    pub fn bytes(&self, range: Range<usize>) -> u64 {
        let messages = self.messages.get(range).unwrap_or_default();
        messages
            .iter()
            .map(|message| (message.len + message.key_len) as u64)
            .sum()
    }

    /// How many records it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Forgets the records and keeps the memory, so that it may borrow from elsewhere.
    #[must_use]
    pub fn recycle<'b>(mut self) -> Batch<'b> {
        self.messages.clear();
        Batch {
            messages: self.messages,
            borrowed: std::marker::PhantomData,
        }
    }
}

/// A record as it was pushed into the batch that holds `message`.
fn plain(message: &sys::rd_kafka_message_t) -> Plain<'_> {
    Plain {
        // SAFETY: `Batch::push` took pointer and length from one slice, borrowed for longer than
        // the batch lives.
        key: unsafe { bytes(message.key, message.key_len) },
        // SAFETY: as above.
        value: unsafe { bytes(message.payload, message.len) },
        tag: message._private.addr() as u64,
    }
}

/// A number where librdkafka carries a pointer for us: it is never followed.
fn opaque(tag: u64) -> *mut c_void {
    ptr::without_provenance_mut(tag as usize)
}

/// Null stays null, and empty stays empty: a slice's pointer is never null.
fn memory(bytes: Option<&[u8]>) -> sys::rd_kafka_vu_s__bindgen_ty_1__bindgen_ty_1 {
    sys::rd_kafka_vu_s__bindgen_ty_1__bindgen_ty_1 {
        ptr: bytes.map_or(ptr::null_mut(), |bytes| bytes.as_ptr().cast_mut().cast()),
        size: bytes.map_or(0, <[u8]>::len),
    }
}

fn field(
    vtype: sys::rd_kafka_vtype_t,
    set: impl FnOnce(&mut sys::rd_kafka_vu_s__bindgen_ty_1),
) -> sys::rd_kafka_vu_t {
    let mut u = sys::rd_kafka_vu_s__bindgen_ty_1 { _pad: [0; 64] };
    set(&mut u);
    sys::rd_kafka_vu_t { vtype, u }
}

/// librdkafka's own copy of the headers.
fn copy(headers: Headers<'_>) -> Result<Owned<sys::rd_kafka_headers_t>, i32> {
    // SAFETY: no preconditions.
    let list = unsafe { sys::rd_kafka_headers_new(headers.len()) };
    // SAFETY: it is ours alone; null is handled.
    let list = unsafe { Owned::new(list, sys::rd_kafka_headers_destroy) };
    let list = list.ok_or(QUEUE_FULL)?;
    for (name, value) in headers.iter() {
        let value = memory(value);
        // SAFETY: the list is alive; name and value are borrowed with their lengths, and copied.
        let code = unsafe {
            sys::rd_kafka_header_add(
                list.as_ptr(),
                name.as_ptr().cast(),
                name.len().cast_signed(),
                value.ptr,
                value.size.cast_signed(),
            )
        };
        if code != sys::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
            return Err(code as i32);
        }
    }
    Ok(list)
}
