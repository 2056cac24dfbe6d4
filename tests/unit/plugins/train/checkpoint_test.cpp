// SPDX-License-Identifier: Apache-2.0
#include "plugins/train/checkpoint.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "plugins/init/residual_cnn.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/plugins/train/toy_data.hpp"

namespace mtc::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

onnx::ModelProto tiny_network(int width = 4) {
  init::ResidualCnn network;
  network.classes = 4;
  network.input_shape = {3, 8, 8};
  network.width = width;
  network.stages = 2;
  network.stem_stride = 1;
  return *init::build(network);
}

Options five_epochs() {
  Options options;
  options.epochs = 5;
  options.batch = 16;
  options.augmentation = {true, true};
  return options;
}

/// Trains on 64 images, with 32 for validation.
Outcome trained(const Options& options, const Continuation& continuation = {}) {
  auto outcome =
      train(tiny_network(), toy::quadrants(64, 1), toy::quadrants(32, 2), options, toy::go_on, continuation);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
  return outcome ? *std::move(outcome) : Outcome();
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.model.SerializeAsString(), b.model.SerializeAsString());
  EXPECT_EQ(a.best, b.best);
  ASSERT_EQ(a.epochs.size(), b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    EXPECT_EQ(a.epochs[i].lr, b.epochs[i].lr);
    EXPECT_EQ(a.epochs[i].loss, b.epochs[i].loss) << "epoch " << i + 1;
    EXPECT_EQ(a.epochs[i].train_top1, b.epochs[i].train_top1);
    EXPECT_EQ(a.epochs[i].top1, b.epochs[i].top1);
  }
}

class SnapshotTest : public testing::Test {
 protected:
  /// Every snapshot of a run, through files.
  std::vector<Snapshot> snapshots(const Options& options) {
    std::vector<Snapshot> all;
    Continuation continuation;
    continuation.keep = [&](const Snapshot& snapshot) {
      const auto folder = folder_ / std::to_string(all.size());
      fs::create_directory(folder);
      EXPECT_TRUE(save_snapshot(snapshot, folder));
      auto loaded = load_snapshot(folder);
      ASSERT_TRUE(loaded) << loaded.error().message;
      all.push_back(*std::move(loaded));
    };
    trained(options, continuation);
    return all;
  }
  test::TempDir folder_;
};

TEST_F(SnapshotTest, IsOfferedAfterEachEpochButTheLast) {
  const auto all = snapshots(five_epochs());
  ASSERT_EQ(all.size(), 4U);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].epochs.size(), i + 1);
}

TEST_F(SnapshotTest, TrainingFromAnyOfThemEndsWithTheSameBytes) {
  for (const double momentum : {0.9, 0.0}) {
    auto options = five_epochs();
    options.momentum = momentum;
    const auto undisturbed = trained(options);
    for (const auto& snapshot : snapshots(options)) {
      Continuation continuation;
      continuation.from = snapshot;
      std::size_t after = 0;
      continuation.accepted = [&](std::size_t epochs) { after = epochs; };
      expect_same(trained(options, continuation), undisturbed);
      EXPECT_EQ(after, snapshot.epochs.size());
    }
  }
}

TEST_F(SnapshotTest, ASnapshotOfAnotherModelIsRefusedAndTrainingStartsOver) {
  const auto options = five_epochs();
  Continuation continuation;
  continuation.from = snapshots(options).back();
  continuation.from->weights = tiny_network(6);
  std::string reason;
  continuation.refused = [&](const Error& error) { reason = error.message; };
  expect_same(trained(options, continuation), trained(options));
  EXPECT_THAT(reason, HasSubstr("no such initializer"));
}

TEST_F(SnapshotTest, IsNotMadeWhenItIsNotDue) {
  Continuation continuation;
  int made = 0;
  int asked = 0;
  continuation.due = [&] { return ++asked % 2 == 0; };
  continuation.keep = [&](const Snapshot&) { ++made; };
  trained(five_epochs(), continuation);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(made, 2);
}

TEST_F(SnapshotTest, DamageIsAnErrorThatSaysWhat) {
  snapshots(five_epochs());
  const auto folder = folder_ / "3";
  const auto state = test::read_file(folder / "state.json");
  const auto error_for = [&](const std::string& text) {
    std::ofstream(folder / "state.json") << text;
    const auto loaded = load_snapshot(folder);
    EXPECT_FALSE(loaded);
    return loaded ? Error() : loaded.error();
  };
  EXPECT_EQ(error_for(state.substr(0, state.size() / 2)).code, Code::data_loss);
  EXPECT_EQ(error_for("{}").code, Code::data_loss);
  auto changed = nlohmann::json::parse(state);
  changed["version"] = 2;
  const auto version = error_for(changed.dump());
  EXPECT_EQ(version.code, Code::failed_precondition);
  EXPECT_THAT(version.message, HasSubstr("version 2"));
  changed["version"] = 1;
  changed["best"] = 17;
  EXPECT_EQ(error_for(changed.dump()).code, Code::data_loss);
  std::ofstream(folder / "state.json") << state;
  EXPECT_TRUE(load_snapshot(folder));
  fs::resize_file(folder / "momentum.npy", fs::file_size(folder / "momentum.npy") - 8);
  EXPECT_EQ(load_snapshot(folder).error().code, Code::data_loss);
}

}  // namespace
}  // namespace mtc::train
