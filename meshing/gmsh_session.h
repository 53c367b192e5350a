#pragma once
/// One use of Gmsh, from start to end, with its errors turned into ours.
#include <functional>
#include <string>

namespace proofload::meshing {

/// Threads of the sessions to come: 1 unless said otherwise; more are not deterministic.
void set_gmsh_threads(int threads);

/// Gmsh lives while this does. One at a time. Fixed seed, silent.
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
