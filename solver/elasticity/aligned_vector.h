#pragma once
#include <sys/mman.h>

#include <new>
#include <vector>

namespace proofload::solver {

/// Arrays from this size on are asked to lie in huge pages: node by node the kernels jump over more
/// small pages than the processor remembers.
inline constexpr std::size_t kHugeArray = 4 << 20, kHugePage = 2 << 20;

/// Starts at a cache line, as wide vector instructions like it.
template <class T>
struct CacheLineAllocator {
  using value_type = T;
  CacheLineAllocator() = default;
  template <class U>
  CacheLineAllocator(const CacheLineAllocator<U>&) {}
  T* allocate(std::size_t n) {
    void* at = ::operator new(n * sizeof(T), alignment(n));
    const std::size_t whole = n * sizeof(T) / kHugePage * kHugePage;
    if (n * sizeof(T) >= kHugeArray) madvise(at, whole, MADV_HUGEPAGE);
    return static_cast<T*>(at);
  }
  void deallocate(T* at, std::size_t n) { ::operator delete(at, alignment(n)); }

 private:
  static std::align_val_t alignment(std::size_t n) {
    return std::align_val_t(n * sizeof(T) >= kHugeArray ? kHugePage : 64);
  }
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
