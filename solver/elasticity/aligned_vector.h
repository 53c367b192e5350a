#pragma once
#include <new>
#include <vector>

namespace proofload::solver {

/// Starts at a cache line, as wide vector instructions like it.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t n) {
    return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64)));
  }
  void deallocate(T* at, std::size_t) { ::operator delete(at, std::align_val_t(64)); }
};

template <class T, class U>
bool operator==(const CacheLineAllocator<T>&, const CacheLineAllocator<U>&) {
  return true;
}

template <class T, class U>
bool operator!=(const CacheLineAllocator<T>&, const CacheLineAllocator<U>&) {
  return false;
}

template <class Real>
using AlignedVectorOf = std::vector<Real, CacheLineAllocator<Real>>;
using AlignedVector = AlignedVectorOf<double>;

}  // namespace proofload::solver
