// SPDX-License-Identifier: Apache-2.0
//
// Results by key: what comes back, and what never does.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/quarantine.hpp"
#include "tests/unit/core/store/store_fixture.hpp"

namespace mtc::store {
namespace {

namespace fs = std::filesystem;

class ResultsTest : public StoreFixture {
 protected:
  /// Publishes a result with one file and one folder; gives its key.
  Digest publish(Store& store, const std::string& document) {
    ActionResult result;
    result.outputs.push_back(add_file(store, "model.onnx", "weights of " + document));
    result.outputs.push_back(add_files(store, "tree", {{"tree/a", "1"}, {"tree/sub/b", "22"}}, "tree"));
    result.metrics = {{"top1", 0.1}, {"latency", 1e-300}};
    result.seconds = 2.5;
    EXPECT_TRUE(store.publish(document, result));
    return digest_of(document);
  }
};

TEST_F(ResultsTest, APublishedResultIsFoundByAnotherProcess) {
  Digest key;
  {
    Store writer = open();
    key = publish(writer, "doc");
  }
  Store reader = open();
  const auto found = reader.find(key);
  ASSERT_TRUE(found && *found);
  ASSERT_EQ((*found)->outputs.size(), 2U);
  EXPECT_EQ((*found)->outputs[0].name, "model.onnx");
  EXPECT_EQ((*found)->outputs[0].digest, digest_of("weights of doc"));
  EXPECT_EQ((*found)->outputs[0].bytes, 14U);
  EXPECT_TRUE((*found)->outputs[1].folder);
  EXPECT_EQ((*found)->outputs[1].bytes, 3U);
  EXPECT_EQ((*found)->metrics.at("top1"), 0.1);
  EXPECT_EQ((*found)->metrics.at("latency"), 1e-300);
  EXPECT_EQ((*found)->seconds, 2.5);
  EXPECT_EQ(reader.corrupt(), 0U);
  EXPECT_EQ(*reader.document(key), "doc");
}

TEST_F(ResultsTest, AnUnknownKeyIsAMiss) {
  Store store = open();
  const auto found = store.find(digest_of("nothing"));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->has_value());
  EXPECT_FALSE(store.document(digest_of("nothing"))->has_value());
}

TEST_F(ResultsTest, ABlobIsReadOnlyAndNamedByItsContent) {
  Store store = open();
  const auto output = add_file(store, "x", "content");
  struct stat status {};
  ASSERT_EQ(::stat(blob(digest_of("content")).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0444U);
  EXPECT_EQ(*store.path(output), blob(digest_of("content")));
}

TEST_F(ResultsTest, AFoldersDigestIsThatOfItsListing) {
  Store store = open();
  const auto output = add_files(store, "t", {{"t/b", "22"}, {"t/a/x", "1"}}, "t");
  const std::string listing = "644 " + digest_of("1") + " a/x\n" + "644 " + digest_of("22") + " b\n";
  EXPECT_EQ(output.digest, digest_of(listing));
  EXPECT_EQ(test::read_file(blob(output.digest)), listing);
}

TEST_F(ResultsTest, AChangedBlobOfTheSameSizeIsQuarantinedAndAMiss) {
  Store store = open();
  const Digest key = publish(store, "doc");
  const fs::path file = blob(digest_of("weights of doc"));
  damage(file, "weights of DOC");
  EXPECT_FALSE(store.find(key)->has_value());
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(fs::exists(result(key)));
  EXPECT_EQ(store.corrupt(), 2U);  // The blob, and the result that it takes with it.
  EXPECT_EQ(files_under("tmp/quarantine"), 2U);
}

TEST_F(ResultsTest, TheQuarantineKeepsTheNewestOnly) {
  Store store = open();
  const std::size_t many = Quarantine::kMaxEntries + 5;
  for (std::size_t i = 0; i < many; ++i) {
    const Digest key = publish(store, "doc " + std::to_string(i));
    damage(result(key), "damaged");
    EXPECT_FALSE(store.find(key)->has_value());
  }
  EXPECT_EQ(store.corrupt(), many);
  EXPECT_EQ(files_under("tmp/quarantine"), Quarantine::kMaxEntries);
}

TEST_F(ResultsTest, TheSizeIsKnownWithoutAWalk) {
  std::uint64_t before = 0;
  {
    Store store = open();
    publish(store, "one");
    before = *store.bytes();
    add_file(store, "x", std::string(1000, 'x'));
    EXPECT_EQ(*store.bytes(), before + 1000);
    add_file(store, "x", std::string(1000, 'x'));  // It is there already.
    EXPECT_EQ(*store.bytes(), before + 1000);
    add_file(store, "y", std::string(5000, 'y'));
  }
  Store later = open();
  EXPECT_EQ(*later.bytes(), before + 6000);
}

TEST_F(ResultsTest, ARunAfterCorruptionHealsTheStore) {
  Store store = open();
  const Digest key = publish(store, "doc");
  damage(blob(digest_of("weights of doc")), "short");
  ASSERT_FALSE(store.find(key)->has_value());
  publish(store, "doc");
  EXPECT_TRUE(store.find(key)->has_value());
}

TEST_F(ResultsTest, AMissingFileOfAFolderIsAMiss) {
  Store store = open();
  const Digest key = publish(store, "doc");
  fs::remove(blob(digest_of("22")));
  EXPECT_FALSE(store.find(key)->has_value());
}

TEST_F(ResultsTest, ATruncatedOrAlteredEntryIsAMiss) {
  Store store = open();
  const std::string whole = test::read_file(result(publish(store, "doc")));
  std::string altered = whole;
  altered.replace(altered.find("0.1"), 3, "0.9");
  for (const std::string& content :
       {std::string(), whole.substr(0, whole.size() / 2), altered, std::string("null")}) {
    const Digest key = publish(store, "doc");
    damage(result(key), content);
    EXPECT_FALSE(store.find(key)->has_value()) << content;
    EXPECT_FALSE(fs::exists(result(key)));
  }
  EXPECT_EQ(store.corrupt(), 4U);
}

TEST_F(ResultsTest, AnEntryUnderAnotherKeyIsAMiss) {
  Store store = open();
  const std::string entry = test::read_file(result(publish(store, "doc")));
  const Digest other = publish(store, "other");
  damage(result(other), entry);
  EXPECT_FALSE(store.find(other)->has_value());
}

TEST_F(ResultsTest, AResultWithoutItsBlobsIsNotPublished) {
  Store store = open();
  ActionResult result;
  result.outputs.push_back({"model", digest_of("never added"), 3, false});
  const auto published = store.publish("doc", result);
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, Code::failed_precondition);
  EXPECT_EQ(files_under("ac"), 0U);
}

TEST_F(ResultsTest, AKillBetweenBlobsAndResultIsAMissAndLeavesNoStaging) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = Store::open(root());
    if (!store) ::_exit(1);
    const auto staging = store->stage();
    static_cast<void>(write_file_atomic(*staging / "x", "content"));
    if (!store->add(*staging, {{"x", "x"}})) ::_exit(1);
    static_cast<void>(write_file_atomic(*staging / "half", "done"));
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  Store store = open();
  EXPECT_TRUE(fs::exists(blob(digest_of("content"))));
  EXPECT_FALSE(store.find(digest_of("doc"))->has_value());
  EXPECT_EQ(store.corrupt(), 0U);
  EXPECT_GT(files_under("tmp"), 0U);
  const auto staging = store.stage();  // The first writer cleans up.
  ASSERT_TRUE(staging);
  EXPECT_EQ(files_under("tmp"), 1U);  // Its own lock.
}

TEST_F(ResultsTest, AStagingFolderThatComesBackIsHandedOutWithoutFiles) {
  Store store = open();
  const auto first = store.stage();
  ASSERT_TRUE(make_directories(*first / "out/deep"));
  write(*first / "out/deep/file", "x");
  write(*first / "file", "x");
  fs::create_symlink("/etc", *first / "link");
  fs::permissions(*first / "out", fs::perms::none);
  store.discard(*first);
  const auto second = store.stage();
  EXPECT_EQ(*second, *first);
  EXPECT_EQ(files_under("tmp"), 1U);  // The session's lock.
  EXPECT_FALSE(fs::exists(*second / "out/deep"));
  EXPECT_FALSE(fs::is_symlink(fs::symlink_status(*second / "link")));
  write(*second / "out/file", "x");
  const auto third = store.stage();  // While the second is in use.
  EXPECT_NE(*third, *second);
}

TEST_F(ResultsTest, ALivingWritersStagingIsLeftAlone) {
  Store first = open();
  const auto staging = first.stage();
  ASSERT_TRUE(write_file_atomic(*staging / "x", "content"));
  Store second = open();
  ASSERT_TRUE(second.stage());
  EXPECT_TRUE(fs::exists(*staging / "x"));
}

TEST_F(ResultsTest, AClosedStoreLeavesNothingInTmp) {
  {
    Store store = open();
    ASSERT_TRUE(store.stage());
    ASSERT_TRUE(store.stage());
  }
  EXPECT_TRUE(fs::is_empty(root() / "tmp"));
}

TEST_F(ResultsTest, TwoProcessesMayWriteTheSameBlob) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      bool good = true;
      for (int round = 0; round < 10; ++round) {
        auto store = Store::open(root(), {&unsynced_, nullptr});
        const auto staging = store->stage();
        const std::string content = "round " + std::to_string(round);
        write(*staging / "x", content);
        good = good && store->add(*staging, {{"x", "x"}});
        ActionResult result;
        result.outputs.push_back({"x", digest_of(content), content.size(), false});
        good = good && store->publish(content, result);
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  Store store = open();
  for (int round = 0; round < 10; ++round)
    EXPECT_TRUE(store.find(digest_of("round " + std::to_string(round)))->has_value());
  EXPECT_EQ(store.corrupt(), 0U);
}

TEST_F(ResultsTest, AnOutputThatIsMissingOrALinkIsRefused) {
  Store store = open();
  const auto staging = store.stage();
  const auto missing = store.add(*staging, {{"x", "x"}});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
  fs::create_symlink("/etc/passwd", *staging / "link");
  const auto link = store.add(*staging, {{"x", "link"}});
  ASSERT_FALSE(link);
  EXPECT_TRUE(link.error().plugin_fault);
  fs::create_directory(*staging / "folder");
  fs::create_symlink("/etc/passwd", *staging / "folder/link");
  EXPECT_FALSE(store.add(*staging, {{"x", "folder"}}));
  EXPECT_EQ(files_under("cas"), 0U);
}

TEST_F(ResultsTest, AnOutputThatIsALinkedInputBecomesACopy) {
  Store store = open();
  const auto input = folder_.write("input", "user's file");
  const auto staging = store.stage();
  fs::create_hard_link(input, *staging / "x");
  ASSERT_TRUE(store.add(*staging, {{"x", "x"}}));
  damage(input, "changed later");
  EXPECT_EQ(test::read_file(blob(digest_of("user's file"))), "user's file");
}

TEST_F(ResultsTest, ClearRemovesEverythingAndTheStoreGoesOn) {
  Store store = open();
  const Digest key = publish(store, "doc");
  ASSERT_TRUE(store.new_run());
  ASSERT_TRUE(store.clear());
  EXPECT_FALSE(store.find(key)->has_value());
  EXPECT_FALSE(store.newest_run()->has_value());
  EXPECT_EQ(files_under("cas") + files_under("ac") + files_under("tmp") + files_under("actions"), 0U);
  EXPECT_LT(*store.bytes(), 1000U);
  publish(store, "doc");
  EXPECT_TRUE(store.find(key)->has_value());
}

TEST_F(ResultsTest, ClearIsRefusedWhileAnotherUsesTheStore) {
  Store store = open();
  const Digest key = publish(store, "doc");
  {
    const Store other = open();
    const auto cleared = store.clear();
    ASSERT_FALSE(cleared);
    EXPECT_EQ(cleared.error().code, Code::unavailable);
    EXPECT_TRUE(store.find(key)->has_value());
  }
  EXPECT_TRUE(store.clear());
}

TEST_F(ResultsTest, ANewerLayoutAndAForeignFolderAreRefused) {
  open();
  damage(root() / "layout", "mtc-store 99\n");
  const auto newer = Store::open(root());
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, Code::failed_precondition);
  EXPECT_NE(newer.error().message.find("99"), std::string::npos);
  damage(root() / "layout", "something else");
  EXPECT_FALSE(Store::open(root()));
}

TEST_F(ResultsTest, AFolderOfSomebodyElseIsRefusedAndLeftAlone) {
  fs::create_directories(root() / "tmp");
  write(root() / "tmp/x", "the user's");
  const auto foreign = Store::open(root());
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, Code::failed_precondition);
  EXPECT_NE(foreign.error().message.find("it holds 'tmp'"), std::string::npos);
  EXPECT_TRUE(fs::exists(root() / "tmp/x"));
  EXPECT_FALSE(fs::exists(root() / "layout") || fs::exists(root() / "lock"));
}

TEST_F(ResultsTest, AHitWritesOneLineAtItsFirstUseAndNothingElse) {
  Digest key;
  {
    Store store = open();
    key = publish(store, "doc");
  }
  class CountingFileSystem : public UnsyncedFileSystem {
   public:
    std::vector<std::string> written;
    ssize_t write(int descriptor, const void* data, std::size_t size) override {
      written.emplace_back(static_cast<const char*>(data), size);
      return FileSystem::write(descriptor, data, size);
    }
  } counting;
  auto store = Store::open(root(), {&counting, nullptr});
  ASSERT_TRUE(store);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store->find(key)->has_value());
  ASSERT_EQ(counting.written.size(), 1U);
  EXPECT_NE(counting.written[0].find(" key " + key + "\n"), std::string::npos);
}

}  // namespace
}  // namespace mtc::store
