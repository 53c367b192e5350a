/// Element loop for every machine; its compiler flags stand in solver/CMakeLists.txt.
#define PROOFLOAD_KERNEL_LANES 2
#define PROOFLOAD_KERNELS kKernelsBaseline
#define PROOFLOAD_KERNEL_NAME "baseline"
#include "kernel_loop.h"
