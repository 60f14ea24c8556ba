//! The memory behind tensors.
//!
//! A [`Storage`] is a row of numbers on one device, shared by the tensors that view it. It is written only while
//! nobody else looks at it (`Arc::get_mut`), so that values saved for a backward pass never change.
//!
//! A training step allocates the same sizes over and over, and fresh pages fault at every one of them; so buffers
//! that are dropped go to a free list and are handed out again, with their old contents: initialised, but to be
//! overwritten.

use std::collections::HashMap;
use std::sync::PoisonError;

use crate::{Device, Float};

/// A row of numbers on a device.
pub(crate) struct Storage<T: Float> {
    data: Vec<T>,
    device: Device,
}

impl<T: Float> Storage<T> {
    pub(crate) fn new(data: Vec<T>, device: Device) -> Self {
        Self { data, device }
    }

    /// Room for `len` numbers, whose values are whatever was there: write every one of them.
    pub(crate) fn dirty(len: usize, device: Device) -> Self {
        let recycled = if len >= Pool::<T>::LEAST {
            T::pool().lock().unwrap_or_else(PoisonError::into_inner).take(len)
        } else {
            None
        };
        #[allow(unused_mut)]
        let mut data = recycled.unwrap_or_else(|| vec![T::zero(); len]);
        #[cfg(any(test, feature = "poison"))]
        data.fill(T::nan());
        Self { data, device }
    }

    pub(crate) fn filled(value: T, len: usize, device: Device) -> Self {
        let mut storage = Self::dirty(len, device);
        storage.data.fill(value);
        storage
    }

    pub(crate) fn device(&self) -> Device {
        self.device
    }

    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    pub(crate) fn host(&self) -> &[T] {
        &self.data
    }

    pub(crate) fn host_mut(&mut self) -> &mut [T] {
        &mut self.data
    }
}

impl<T: Float> Drop for Storage<T> {
    fn drop(&mut self) {
        if self.data.len() >= Pool::<T>::LEAST {
            let data = std::mem::take(&mut self.data);
            T::pool().lock().unwrap_or_else(PoisonError::into_inner).put(data);
        }
    }
}

/// Buffers waiting to be used again, by exact length.
pub struct Pool<T> {
    free: Option<HashMap<usize, Vec<Vec<T>>>>,
    held: usize,
}

impl<T> Pool<T> {
    /// Shorter buffers are left to the allocator, which serves them without a page fault.
    const LEAST: usize = 1 << 10;
    /// The most bytes that may lie idle; beyond it a dropped buffer goes back to the system.
    const CAPACITY: usize = 1 << 29;

    pub(crate) const fn new() -> Self {
        Self { free: None, held: 0 }
    }

    fn take(&mut self, len: usize) -> Option<Vec<T>> {
        let data = self.free.as_mut()?.get_mut(&len)?.pop()?;
        self.held -= len;
        Some(data)
    }

    fn put(&mut self, data: Vec<T>) {
        if (self.held + data.len()) * size_of::<T>() <= Self::CAPACITY {
            self.held += data.len();
            self.free.get_or_insert_default().entry(data.len()).or_default().push(data);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back() {
        let mut pool = Pool::<f32>::new();
        assert!(pool.take(2000).is_none());
        pool.put(vec![1.0; 2000]);
        assert!(pool.take(1999).is_none());
        assert_eq!(pool.take(2000), Some(vec![1.0; 2000]));
        assert!(pool.take(2000).is_none());
    }

    #[test]
    fn the_pool_is_bounded() {
        let mut pool = Pool::<f64>::new();
        pool.held = Pool::<f64>::CAPACITY / 8;
        pool.put(vec![0.0; 2000]);
        assert!(pool.take(2000).is_none());
    }
}
