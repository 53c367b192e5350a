#include "fixed_start.h"

#include <pthread.h>

#include <exception>

namespace proofload::meshing {
namespace {

constexpr std::size_t kStackBytes = 64 << 20;

}  // namespace

void in_own_memory(const std::function<void()>& work) {
  struct Errand {
    const std::function<void()>& work;
    std::exception_ptr failure;
  } errand{work, nullptr};
  const auto run = [](void* given) -> void* {
    auto& own = *static_cast<Errand*>(given);
    try {
      own.work();
    } catch (...) {
      own.failure = std::current_exception();
    }
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const bool started = pthread_create(&thread, &attributes, run, &errand) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return work();
  pthread_join(thread, nullptr);
  if (errand.failure) std::rethrow_exception(errand.failure);
}

std::string with_user_paths(std::string text) {
  for (const std::string& stand_in : {std::string(kCaseFolderStandIn) + "/", std::string(kCaseFolderStandIn)}) {
    for (std::size_t at = text.find(stand_in); at != std::string::npos; at = text.find(stand_in)) {
      text.erase(at, stand_in.size());
    }
  }
  return text;
}

}  // namespace proofload::meshing
