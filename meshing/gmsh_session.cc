#include "gmsh_session.h"

#include <gmsh.h>

#include <cstdlib>
#include <new>
#include <stdexcept>

#include "proofload/core/problem.h"

namespace proofload::meshing {

namespace {

int gmsh_threads = 1;

}  // namespace

void set_gmsh_threads(int threads) { gmsh_threads = threads; }

GmshSession::GmshSession() {
  gmsh::initialize(0, nullptr, false);
  gmsh::option::setNumber("General.Terminal", 0);
  gmsh::option::setNumber("General.NumThreads", gmsh_threads);
  gmsh::option::setNumber("Mesh.RandomSeed", 1);
  std::srand(1);  // Gmsh's surface mesher draws from the C library
  gmsh::option::setNumber("Geometry.OCCParallel", 0);
}

GmshSession::~GmshSession() {
  try {
    gmsh::finalize();
  } catch (...) {
    // Nothing is lost: the session is over.
  }
}

void guarded(const std::string& code, const std::string& what, const std::function<void()>& work) {
  try {
    work();
  } catch (const InvalidInput&) {
    throw;
  } catch (const NumericalFailure&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::string& text) {
    throw NumericalFailure(code, what + ": " + text);
  } catch (const char* text) {
    throw NumericalFailure(code, what + ": " + text);
  } catch (const std::exception& error) {
    throw NumericalFailure(code, what + ": " + error.what());
  } catch (...) {
    throw NumericalFailure(code, what + ": the geometry kernel failed without a reason");
  }
}

}  // namespace proofload::meshing
