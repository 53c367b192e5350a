#pragma once
/// PETSc objects that clean up after themselves, and its error codes as exceptions.
#include <petscksp.h>

#include <string>
#include <utility>

#include "proofload/core/problem.h"

namespace proofload::solver {

inline void check_petsc(PetscErrorCode code) {
  if (code == 0) return;
  const char* text = nullptr;
  PetscErrorMessage(code, &text, nullptr);
  throw NumericalFailure("PETSC_ERROR", text ? text : "PETSc error " + std::to_string(code));
}

template <class Object, PetscErrorCode (*destroy)(Object*)>
class PetscHandle {
 public:
  PetscHandle() = default;
  PetscHandle(PetscHandle&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  PetscHandle& operator=(PetscHandle&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~PetscHandle() {
    if (object_) destroy(&object_);
  }
  operator Object() const { return object_; }
  /// For the functions that create.
  Object* fill() { return &object_; }

 private:
  Object object_ = nullptr;
};

using VecHandle = PetscHandle<Vec, VecDestroy>;
using MatHandle = PetscHandle<Mat, MatDestroy>;
using KspHandle = PetscHandle<KSP, KSPDestroy>;
using NullSpaceHandle = PetscHandle<MatNullSpace, MatNullSpaceDestroy>;

/// Reads or writes the local array of a vector while it lives.
class VecRead {
 public:
  explicit VecRead(Vec vec) : vec_(vec) { check_petsc(VecGetArrayRead(vec, &data_)); }
  ~VecRead() { VecRestoreArrayRead(vec_, &data_); }
  VecRead(const VecRead&) = delete;
  VecRead& operator=(const VecRead&) = delete;
  const double* data() const { return data_; }

 private:
  Vec vec_;
  const double* data_ = nullptr;
};

class VecWrite {
 public:
  explicit VecWrite(Vec vec) : vec_(vec) { check_petsc(VecGetArray(vec, &data_)); }
  ~VecWrite() { VecRestoreArray(vec_, &data_); }
  VecWrite(const VecWrite&) = delete;
  VecWrite& operator=(const VecWrite&) = delete;
  double* data() const { return data_; }

 private:
  Vec vec_;
  double* data_ = nullptr;
};

}  // namespace proofload::solver
