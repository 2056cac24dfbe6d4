// SPDX-License-Identifier: Apache-2.0
//
// Two users of one store beside a gc that removes whatever it may, without pause: nobody loses a blob.
// MTC_RACE_ROUNDS makes it longer.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "core/store/upkeep.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

constexpr int kKeys = 8;
constexpr int kKeysOfARun = 2;

class CollectRaceTest : public StoreFixture {
 protected:
  static int rounds() {
    const char* text = std::getenv("MTC_RACE_ROUNDS");
    return text == nullptr ? 60 : std::atoi(text);
  }

  /// Keys share contents, so that blobs are taken over from results that gc may be about to remove.
  static std::string content(int key) { return "content " + std::to_string(key % 2); }

  static Result<ActionResult> find_or_make(Store& store, int key) {
    const std::string document = "doc " + std::to_string(key);
    MTC_ASSIGN(auto found, store.find(digest_of(document)));
    if (found) return *std::move(found);
    MTC_ASSIGN(const auto staging, store.stage());
    write(staging / "file", content(key));
    MTC_TRY(make_directories(staging / "tree/sub"));
    write(staging / "tree/sub/file", content(key + 1));
    ActionResult result;
    MTC_ASSIGN(result.outputs, store.add(staging, {{"file", "file"}, {"tree", "tree"}}));
    MTC_TRY(store.publish(document, result));
    store.discard(staging);
    return result;
  }

  /// What a run does: takes or makes results, then reads them, as long as its store is open.
  Result<void> run_once(int first_key) {
    MTC_ASSIGN(Store store, Store::open(root(), {&unsynced_, nullptr}));
    std::vector<std::pair<int, ActionResult>> results;
    for (int i = 0; i < kKeysOfARun; ++i) {
      const int key = (first_key + i) % kKeys;
      MTC_ASSIGN(auto result, find_or_make(store, key));
      results.emplace_back(key, std::move(result));
    }
    for (const auto& [key, result] : results) {
      const auto& outputs = result.outputs;
      MTC_ASSIGN(const auto file, store.path(outputs[0]));
      MTC_ASSIGN(const auto text, read_file(file));
      MTC_ASSIGN(const auto tree, store.path(outputs[1]));
      MTC_ASSIGN(const auto inner, read_file(tree / "sub/file"));
      if (text != content(key) || inner != content(key + 1))
        return Error{Code::data_loss, "another content: " + text + ", " + inner, {}, {}};
    }
    if (store.corrupt() > 0) return Error{Code::data_loss, "something was found damaged", {}, {}};
    return {};
  }

  /// Runs again and again in a process of its own; each user goes through the keys in another order.
  pid_t start_user(int step) {
    const pid_t child = ::fork();
    if (child != 0) return child;
    for (int round = 0; round < rounds(); ++round) {
      const auto ran = run_once(round * step);
      if (ran) continue;
      ADD_FAILURE() << "round " << round << ": " << ran.error().message << " " << ran.error().where;
      ::_exit(1);
    }
    ::_exit(0);
  }
};

TEST_F(CollectRaceTest, NobodyLosesABlob) {
  const std::vector<pid_t> users = {start_user(1), start_user(3)};
  CollectPolicy policy;
  policy.max_bytes = 0;
  std::uint64_t removed = 0;
  std::uint64_t kept = 0;
  std::size_t running = users.size();
  while (running > 0) {
    Store store = open();
    const auto report = Upkeep(store).collect(policy, {});
    ASSERT_TRUE(report) << report.error().message << " " << report.error().where;
    removed += report->results.count;
    kept += report->kept_in_use;
    int status = 0;
    while (::waitpid(-1, &status, WNOHANG) > 0) {
      EXPECT_EQ(status, 0);
      --running;
    }
  }
  // Without these the two sides did not meet.
  EXPECT_GT(removed, 0U);
  EXPECT_GT(kept, 0U);
  Store store = open();
  const auto verified = Upkeep(store).verify(false, {});
  ASSERT_TRUE(verified);
  EXPECT_TRUE(verified->damage.empty());
}

}  // namespace
}  // namespace mtc::store
