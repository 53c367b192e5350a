#include "proofload/meshing/ordering.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace proofload::meshing {
namespace {

constexpr int kBits = 20;

}  // namespace

std::uint64_t hilbert_index(std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  std::array<std::uint32_t, 3> a{x, y, z};
  for (std::uint32_t q = 1u << (kBits - 1); q > 1; q >>= 1) {
    const std::uint32_t p = q - 1;
    for (int i = 0; i < 3; ++i) {
      if (a[i] & q) {
        a[0] ^= p;
      } else {
        const std::uint32_t t = (a[0] ^ a[i]) & p;
        a[0] ^= t;
        a[i] ^= t;
      }
    }
  }
  a[1] ^= a[0];
  a[2] ^= a[1];
  std::uint32_t t = 0;
  for (std::uint32_t q = 1u << (kBits - 1); q > 1; q >>= 1) {
    if (a[2] & q) t ^= q - 1;
  }
  for (std::uint32_t& value : a) value ^= t;
  std::uint64_t index = 0;
  for (int bit = kBits - 1; bit >= 0; --bit) {
    for (int i = 0; i < 3; ++i) index = (index << 1) | ((a[i] >> bit) & 1u);
  }
  return index;
}

std::vector<std::int32_t> hilbert_order(const std::vector<double>& xyz) {
  const std::size_t n = xyz.size() / 3;
  std::array<double, 3> low{1e300, 1e300, 1e300}, high{-1e300, -1e300, -1e300};
  for (std::size_t i = 0; i < xyz.size(); ++i) {
    low[i % 3] = std::min(low[i % 3], xyz[i]);
    high[i % 3] = std::max(high[i % 3], xyz[i]);
  }
  const double side = std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2], 1e-300});
  const auto grid = [&](std::size_t i, int k) {
    return static_cast<std::uint32_t>((xyz[3 * i + k] - low[k]) / side * ((1u << kBits) - 1));
  };
  std::vector<std::uint64_t> index(n);
  for (std::size_t i = 0; i < n; ++i) index[i] = hilbert_index(grid(i, 0), grid(i, 1), grid(i, 2));
  std::vector<std::int32_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int32_t a, std::int32_t b) { return index[a] < index[b]; });
  return order;
}

}  // namespace proofload::meshing
