/// Element loop for every machine; its compiler flags stand in solver/CMakeLists.txt.
#define PROOFLOAD_KERNEL_LANES 2
#define PROOFLOAD_KERNELS kKernelsBaseline
#define PROOFLOAD_KERNEL_NAME "baseline"
#define PROOFLOAD_KERNEL_SINGLE_LANES 4
#include "kernel_set.h"
