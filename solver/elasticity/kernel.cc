#include "kernel.h"

namespace proofload::solver {

const Kernels* const* supported_kernels(int* count) {
  static const Kernels* found[3];
  static const int n = [] {
    int i = 0;
#ifdef __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq"))
      found[i++] = &kKernelsAvx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[i++] = &kKernelsAvx2;
#endif
    found[i++] = &kKernelsBaseline;
    return i;
  }();
  *count = n;
  return found;
}

}  // namespace proofload::solver
