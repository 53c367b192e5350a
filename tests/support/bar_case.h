#pragma once
/// A small case: a bar of 5 x 5 x 20 mm under 500 N, for tests of what goes round a computation.

namespace proofload::testing {

inline constexpr const char* kBarCase = R"(schema: proofload/v1
name: bar
bodies:
  - {name: bar, shape: {box: {min_mm: [0, 0, 0], max_mm: [5, 5, 20]}}, material: {youngs_modulus_mpa: 100000, poisson_ratio: 0.3, yield_strength_mpa: 800}, role: implant}
places:
  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}, body: bar}
  head: {plane: {normal: [0, 0, 1], offset_mm: 20}, body: bar}
supports:
  - {name: ground, at: foot, fix: [x, y, z]}
load_cases:
  - name: axial
    loads:
      - {at: head, distributed: {force_n: [0, 0, -500]}}
)";

}  // namespace proofload::testing
