#pragma once
/// One use of Gmsh, from start to end, with its errors turned into ours.
#include <functional>
#include <string>

namespace proofload::meshing {

/// Gmsh lives while this does. One at a time. Deterministic: one thread, fixed seed, silent.
class GmshSession {
 public:
  GmshSession();
  ~GmshSession();
  GmshSession(const GmshSession&) = delete;
  GmshSession& operator=(const GmshSession&) = delete;
};

/// Runs `work`; what Gmsh or OpenCASCADE throws (std::string, int, OCC exceptions) becomes
/// NumericalFailure(code, "what: text"). Our own exceptions and bad_alloc pass.
void guarded(const std::string& code, const std::string& what, const std::function<void()>& work);

}  // namespace proofload::meshing
