/// Vectors of kLanes doubles and their way from and to node arrays. Included by kernel_loop.h only,
/// once per instruction set, inside an unnamed namespace.

typedef double Lanes __attribute__((vector_size(kLanes * sizeof(double))));
typedef double Four __attribute__((vector_size(32)));
/// Components of one node of kLanes cells.
struct NodeLanes {
  Lanes x, y, z;
};

inline Lanes load(const double* from) {
  Lanes value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

inline void add(double* to, Lanes value) {
  const Lanes sum = load(to) + value;
  __builtin_memcpy(to, &sum, sizeof sum);
}

inline Lanes broadcast(double value) { return Lanes{} + value; }

#if PROOFLOAD_KERNEL_LANES >= 4

struct NodeFour {
  Four x, y, z;
};

inline Four load_four(const double* from) {
  Four value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

inline void add_four(double* to, Four value) {
  const Four sum = load_four(to) + value;
  __builtin_memcpy(to, &sum, sizeof sum);
}

/// Four nodes of three components (and one double that is not used) to three vectors of four.
inline NodeFour gather_four(const double* from, const int* offset) {
  const Four r0 = load_four(from + offset[0]), r1 = load_four(from + offset[1]);
  const Four r2 = load_four(from + offset[2]), r3 = load_four(from + offset[3]);
  const Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 2, 6);
  const Four high01 = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
  const Four low23 = __builtin_shufflevector(r2, r3, 0, 4, 2, 6);
  const Four high23 = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
  return {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
          __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
          __builtin_shufflevector(low01, low23, 2, 3, 6, 7)};
}

inline void scatter_four(double* to, const int* offset, Four x, Four y, Four z) {
  const Four zero = {};
  const Four low_xy = __builtin_shufflevector(x, y, 0, 4, 2, 6);
  const Four high_xy = __builtin_shufflevector(x, y, 1, 5, 3, 7);
  const Four low_z = __builtin_shufflevector(z, zero, 0, 4, 2, 6);
  const Four high_z = __builtin_shufflevector(z, zero, 1, 5, 3, 7);
  add_four(to + offset[0], __builtin_shufflevector(low_xy, low_z, 0, 1, 4, 5));
  add_four(to + offset[1], __builtin_shufflevector(high_xy, high_z, 0, 1, 4, 5));
  add_four(to + offset[2], __builtin_shufflevector(low_xy, low_z, 2, 3, 6, 7));
  add_four(to + offset[3], __builtin_shufflevector(high_xy, high_z, 2, 3, 6, 7));
}

#endif

#if PROOFLOAD_KERNEL_LANES == 8

inline Lanes join(Four low, Four high) {
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
}

inline NodeLanes gather(const double* from, const int* offset) {
  const NodeFour low = gather_four(from, offset), high = gather_four(from, offset + 4);
  return {join(low.x, high.x), join(low.y, high.y), join(low.z, high.z)};
}

inline Four low_half(Lanes v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3); }
inline Four high_half(Lanes v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7); }

inline void scatter(double* to, const int* offset, const NodeLanes& v) {
  scatter_four(to, offset, low_half(v.x), low_half(v.y), low_half(v.z));
  scatter_four(to, offset + 4, high_half(v.x), high_half(v.y), high_half(v.z));
}

#elif PROOFLOAD_KERNEL_LANES == 4

inline NodeLanes gather(const double* from, const int* offset) {
  const NodeFour v = gather_four(from, offset);
  return {v.x, v.y, v.z};
}

inline void scatter(double* to, const int* offset, const NodeLanes& v) {
  scatter_four(to, offset, v.x, v.y, v.z);
}

#else

inline NodeLanes gather(const double* from, const int* offset) {
  NodeLanes v;
  for (int lane = 0; lane < kLanes; ++lane) {
    const double* node = from + offset[lane];
    v.x[lane] = node[0];
    v.y[lane] = node[1];
    v.z[lane] = node[2];
  }
  return v;
}

inline void scatter(double* to, const int* offset, const NodeLanes& v) {
  for (int lane = 0; lane < kLanes; ++lane) {
    double* node = to + offset[lane];
    node[0] += v.x[lane];
    node[1] += v.y[lane];
    node[2] += v.z[lane];
  }
}

#endif
