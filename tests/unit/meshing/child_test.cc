/// What the mesher does apart, in child processes, and what the same mesh in every run rests on.
#include <google/protobuf/arena.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "../../../meshing/volume_from_surface_child.h"
#include "proofload/core/problem.h"
#include "proofload/v1/material.pb.h"

namespace proofload::meshing {
namespace {

TEST(Child, ComputingForEverIsStoppedAndSaid) {
  try {
    answer_in_child("SURFACE_REMESH", "a loop", 1, []() -> std::string {
      volatile bool forever = true;
      while (forever) {
      }
      return "";
    });
    FAIL() << "the loop ended";
  } catch (const NumericalFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("a loop: stopped after "), std::string::npos)
        << failure.what();  // 1 s of computing, 5 s by the clock of a busy machine
  }
}

TEST(Child, AnswerIsStoredInOnePiece) {
  // Grown as the bytes come in, it would lie elsewhere in every run.
  const std::size_t size = (1 << 23) + 5;
  const std::string answer =
      answer_in_child("TEST", "many bytes", 60, [&] { return std::string(size, 'x'); });
  ASSERT_EQ(answer.size(), size);
  EXPECT_EQ(answer.find_first_not_of('x'), std::string::npos);
  EXPECT_LE(answer.capacity(), size + 64);
}

TEST(Child, ThatEndsWithoutAnAnswerIsSaid) {
  try {
    answer_in_child("TEST", "an end", 60, []() -> std::string { _exit(0); });
    FAIL() << "an answer came";
  } catch (const NumericalFailure& failure) {
    EXPECT_NE(std::string(failure.what()).find("an end: the mesher ended without an answer"),
              std::string::npos)
        << failure.what();
  }
}

/// The keys of a map made in this memory, in the order in which it holds them.
std::vector<std::string> keys_of_map_in(std::vector<char>& memory) {
  google::protobuf::ArenaOptions options;
  options.initial_block = memory.data();
  options.initial_block_size = memory.size();
  google::protobuf::Arena arena(options);
  auto* material = google::protobuf::Arena::CreateMessage<v1::Material>(&arena);
  for (int i = 0; i < 100; ++i) (*material->mutable_sources())["key " + std::to_string(i)];
  std::vector<std::string> keys;
  for (const auto& entry : material->sources()) keys.push_back(entry.first);
  return keys;
}

TEST(SameMesh, MapsOfMessagesKeepTheirOrder) {
  std::vector<char> memory(1 << 20);
  const std::vector<std::string> keys = keys_of_map_in(memory);
  ASSERT_EQ(keys.size(), 100u);
  for (int run = 0; run < 20; ++run) EXPECT_EQ(keys_of_map_in(memory), keys);
}

}  // namespace
}  // namespace proofload::meshing
