/// The kernels of one instruction set. Include once per source file with PROOFLOAD_KERNEL_LANES
/// (doubles side by side), PROOFLOAD_KERNEL_SINGLE_LANES (floats), PROOFLOAD_KERNELS (name of the
/// exported table) and PROOFLOAD_KERNEL_NAME defined.
#include "kernel.h"

namespace proofload::solver {
namespace {

namespace in_single {
typedef float Scalar;
#define PROOFLOAD_LANES PROOFLOAD_KERNEL_SINGLE_LANES
#include "kernel_lanes.h"
#include "kernel_loop.h"
#undef PROOFLOAD_LANES
}  // namespace in_single

typedef double Scalar;
#define PROOFLOAD_LANES PROOFLOAD_KERNEL_LANES
#include "kernel_lanes.h"
#include "kernel_loop.h"
#undef PROOFLOAD_LANES

#include "kernel_blocks.h"
#include "kernel_diagonal.h"
#include "kernel_geometric.h"

}  // namespace

const Kernels PROOFLOAD_KERNELS = {
    PROOFLOAD_KERNEL_NAME,    apply,        apply_columns, in_single::apply,
    in_single::apply_columns, add_diagonal, point_stress,  apply_stress_columns,
    block_products,           block_update};

}  // namespace proofload::solver
