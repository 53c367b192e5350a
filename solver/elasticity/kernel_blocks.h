/// Products of blocks of kColumns vectors. Included by kernel_set.h only, once per instruction
/// set, inside its unnamed namespace.

constexpr int kParts = kColumns / kLanes;

void block_products(long n, const double* left, const double* const* right, int n_right,
                    double* products) {
  constexpr long kChunk = 64;  // rows that stay in the fastest cache
  for (long first = 0; first < n; first += kChunk) {
    const long last = first + kChunk < n ? first + kChunk : n;
    for (int r = 0; r < n_right; ++r)
      for (int part = 0; part < kParts; ++part) {
        const double* values = right[r] + part * kLanes;
        Lanes sum[kColumns] = {};
        for (long i = first; i < last; ++i) {
          const Lanes row = load(values + i * kColumns);
          for (int a = 0; a < kColumns; ++a) sum[a] += left[i * kColumns + a] * row;
        }
        for (int a = 0; a < kColumns; ++a)
          add(products + (r * kColumns + a) * kColumns + part * kLanes, sum[a]);
      }
  }
}

void block_update(long n, double* x, const double* w, double* p, const double* to_x,
                  const double* to_p) {
  for (long i = 0; i < n; ++i) {
    Lanes new_x[kParts] = {}, new_p[kParts] = {};
    const double* rows[3] = {x + i * kColumns, w + i * kColumns, p + i * kColumns};
    for (int r = 0; r < 3; ++r)
      for (int a = 0; a < kColumns; ++a)
        for (int part = 0; part < kParts; ++part) {
          const long at = (r * kColumns + a) * long(kColumns) + part * kLanes;
          new_x[part] += rows[r][a] * load(to_x + at);
          new_p[part] += rows[r][a] * load(to_p + at);
        }
    for (int part = 0; part < kParts; ++part) {
      __builtin_memcpy(x + i * kColumns + part * kLanes, &new_x[part], sizeof(Lanes));
      __builtin_memcpy(p + i * kColumns + part * kLanes, &new_p[part], sizeof(Lanes));
    }
  }
}
