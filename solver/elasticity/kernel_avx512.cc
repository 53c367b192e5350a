/// Element loop for this instruction set; its compiler flags stand in solver/CMakeLists.txt.
#ifdef __x86_64__
#define PROOFLOAD_KERNEL_LANES 8
#define PROOFLOAD_KERNELS kKernelsAvx512
#define PROOFLOAD_KERNEL_NAME "avx512"
#define PROOFLOAD_KERNEL_SINGLE_LANES 8
#include "kernel_set.h"
#endif
