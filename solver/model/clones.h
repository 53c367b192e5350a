#pragma once
/// A function compiled once for each of some instruction sets; the loader picks. For loops that
/// measure the machine; the operator chooses its own kernels (elasticity/kernel.h).
#ifdef __x86_64__
#define PROOFLOAD_CLONES __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define PROOFLOAD_CLONES
#endif
