//! A librdkafka object that is destroyed exactly once.

use std::ptr::NonNull;

/// Owns what a librdkafka constructor returned.
#[derive(Debug)]
pub(super) struct Owned<T> {
    pointer: NonNull<T>,
    destroy: unsafe extern "C" fn(*mut T),
}

impl<T> Owned<T> {
    /// Takes over `pointer`; `None` when it is null.
    ///
    /// # Safety
    /// `pointer` is null, or nobody else destroys it and `destroy` is the way to do so.
    pub(super) unsafe fn new(
        pointer: *mut T,
        destroy: unsafe extern "C" fn(*mut T),
    ) -> Option<Self> {
        let pointer = NonNull::new(pointer)?;
        Some(Self { pointer, destroy })
    }

    /// The pointer, for a call that only borrows it.
    pub(super) fn as_ptr(&self) -> *mut T {
        self.pointer.as_ptr()
    }

    /// The pointer, for a call that takes it over.
    pub(super) fn release(self) -> *mut T {
        std::mem::ManuallyDrop::new(self).pointer.as_ptr()
    }
}

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: the constructor's contract: this is the only owner, and the right destructor.
        unsafe { (self.destroy)(self.pointer.as_ptr()) }
    }
}
