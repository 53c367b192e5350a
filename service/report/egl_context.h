#pragma once
#include <string>

namespace proofload::report {

/// A core 3.3 OpenGL context without any surface, current on this thread.
class EglContext {
 public:
  /// Throws std::runtime_error naming the step that failed.
  EglContext();
  ~EglContext();
  EglContext(const EglContext&) = delete;
  EglContext& operator=(const EglContext&) = delete;

 private:
  void* display_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace proofload::report
