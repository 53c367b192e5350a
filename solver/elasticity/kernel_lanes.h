/// Vectors of kLanes Scalars and their way from and to node arrays. Included by kernel_set.h only,
/// inside an unnamed namespace, with Scalar and PROOFLOAD_LANES defined.

constexpr int kLanes = PROOFLOAD_LANES;
constexpr int kStride = kNodeStride<Scalar>;
typedef Scalar Lanes __attribute__((vector_size(kLanes * sizeof(Scalar))));
typedef Scalar Four __attribute__((vector_size(4 * sizeof(Scalar))));
/// Components of one node of kLanes cells.
struct NodeLanes {
  Lanes x, y, z;
};

inline Lanes load(const Scalar* from) {
  Lanes value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

inline void add(Scalar* to, Lanes value) {
  const Lanes sum = load(to) + value;
  __builtin_memcpy(to, &sum, sizeof sum);
}

inline Lanes broadcast(Scalar value) { return Lanes{} + value; }

#if PROOFLOAD_LANES >= 4

inline Four load_four(const Scalar* from) {
  Four value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

/// `value` to the node, whose fourth place it leaves as it is.
inline void add_four(Scalar* to, Four value) {
  const Four sum = load_four(to) + value;
  __builtin_memcpy(to, &sum, sizeof sum);
}

#endif

#if PROOFLOAD_LANES == 8

inline Four low_half(Lanes v) { return __builtin_shufflevector(v, v, 0, 1, 2, 3); }
inline Four high_half(Lanes v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7); }

/// Node `i` in the low and node `i + 4` in the high half: both halves are transposed alike.
inline Lanes load_pair(const Scalar* from, const int* node, int i) {
  return __builtin_shufflevector(load_four(from + long(kStride) * node[i]),
                                 load_four(from + long(kStride) * node[i + 4]), 0, 1, 2, 3, 4, 5, 6,
                                 7);
}

inline NodeLanes gather(const Scalar* from, const int* node) {
  const Lanes r0 = load_pair(from, node, 0), r1 = load_pair(from, node, 1);
  const Lanes r2 = load_pair(from, node, 2), r3 = load_pair(from, node, 3);
  const Lanes low01 = __builtin_shufflevector(r0, r1, 0, 8, 1, 9, 4, 12, 5, 13);
  const Lanes low23 = __builtin_shufflevector(r2, r3, 0, 8, 1, 9, 4, 12, 5, 13);
  const Lanes high01 = __builtin_shufflevector(r0, r1, 2, 10, 3, 11, 6, 14, 7, 15);
  const Lanes high23 = __builtin_shufflevector(r2, r3, 2, 10, 3, 11, 6, 14, 7, 15);
  return {__builtin_shufflevector(low01, low23, 0, 1, 8, 9, 4, 5, 12, 13),
          __builtin_shufflevector(low01, low23, 2, 3, 10, 11, 6, 7, 14, 15),
          __builtin_shufflevector(high01, high23, 0, 1, 8, 9, 4, 5, 12, 13)};
}

inline void add_pair(Scalar* to, const int* node, int i, Lanes value) {
  add_four(to + long(kStride) * node[i], low_half(value));
  add_four(to + long(kStride) * node[i + 4], high_half(value));
}

inline void scatter(Scalar* to, const int* node, const NodeLanes& v) {
  const Lanes zero = {};
  const Lanes xy01 = __builtin_shufflevector(v.x, v.y, 0, 8, 1, 9, 4, 12, 5, 13);
  const Lanes xy23 = __builtin_shufflevector(v.x, v.y, 2, 10, 3, 11, 6, 14, 7, 15);
  const Lanes z01 = __builtin_shufflevector(v.z, zero, 0, 8, 1, 9, 4, 12, 5, 13);
  const Lanes z23 = __builtin_shufflevector(v.z, zero, 2, 10, 3, 11, 6, 14, 7, 15);
  add_pair(to, node, 0, __builtin_shufflevector(xy01, z01, 0, 1, 8, 9, 4, 5, 12, 13));
  add_pair(to, node, 1, __builtin_shufflevector(xy01, z01, 2, 3, 10, 11, 6, 7, 14, 15));
  add_pair(to, node, 2, __builtin_shufflevector(xy23, z23, 0, 1, 8, 9, 4, 5, 12, 13));
  add_pair(to, node, 3, __builtin_shufflevector(xy23, z23, 2, 3, 10, 11, 6, 7, 14, 15));
}

#elif PROOFLOAD_LANES == 4

/// Four nodes of three components (and one that is not used) to three vectors of four.
inline NodeLanes gather(const Scalar* from, const int* node) {
  const Four r0 = load_four(from + long(kStride) * node[0]);
  const Four r1 = load_four(from + long(kStride) * node[1]);
  const Four r2 = load_four(from + long(kStride) * node[2]);
  const Four r3 = load_four(from + long(kStride) * node[3]);
  const Four low01 = __builtin_shufflevector(r0, r1, 0, 4, 2, 6);
  const Four high01 = __builtin_shufflevector(r0, r1, 1, 5, 3, 7);
  const Four low23 = __builtin_shufflevector(r2, r3, 0, 4, 2, 6);
  const Four high23 = __builtin_shufflevector(r2, r3, 1, 5, 3, 7);
  return {__builtin_shufflevector(low01, low23, 0, 1, 4, 5),
          __builtin_shufflevector(high01, high23, 0, 1, 4, 5),
          __builtin_shufflevector(low01, low23, 2, 3, 6, 7)};
}

inline void scatter(Scalar* to, const int* node, const NodeLanes& v) {
  const Four zero = {};
  const Four low_xy = __builtin_shufflevector(v.x, v.y, 0, 4, 2, 6);
  const Four high_xy = __builtin_shufflevector(v.x, v.y, 1, 5, 3, 7);
  const Four low_z = __builtin_shufflevector(v.z, zero, 0, 4, 2, 6);
  const Four high_z = __builtin_shufflevector(v.z, zero, 1, 5, 3, 7);
  add_four(to + long(kStride) * node[0], __builtin_shufflevector(low_xy, low_z, 0, 1, 4, 5));
  add_four(to + long(kStride) * node[1], __builtin_shufflevector(high_xy, high_z, 0, 1, 4, 5));
  add_four(to + long(kStride) * node[2], __builtin_shufflevector(low_xy, low_z, 2, 3, 6, 7));
  add_four(to + long(kStride) * node[3], __builtin_shufflevector(high_xy, high_z, 2, 3, 6, 7));
}

#else

inline NodeLanes gather(const Scalar* from, const int* nodes) {
  NodeLanes v;
  for (int lane = 0; lane < kLanes; ++lane) {
    const Scalar* node = from + long(kStride) * nodes[lane];
    v.x[lane] = node[0];
    v.y[lane] = node[1];
    v.z[lane] = node[2];
  }
  return v;
}

inline void scatter(Scalar* to, const int* nodes, const NodeLanes& v) {
  for (int lane = 0; lane < kLanes; ++lane) {
    Scalar* node = to + long(kStride) * nodes[lane];
    node[0] += v.x[lane];
    node[1] += v.y[lane];
    node[2] += v.z[lane];
  }
}

#endif
