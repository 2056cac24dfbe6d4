// SPDX-License-Identifier: Apache-2.0
#include "core/run/digests.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/run/folder_files.hpp"
#include "tests/support/temp_dir.hpp"

namespace mtc::run {
namespace {

using testing::HasSubstr;

/// Tag and length of a protobuf field of less than 128 bytes.
std::string header(char number, const std::string& payload) {
  const auto tag = static_cast<unsigned char>(number << 3 | 2);
  return {static_cast<char>(tag), static_cast<char>(payload.size())};
}

std::string bytes_field(char number, const std::string& payload) { return header(number, payload) + payload; }

/// A ModelProto whose one initializer lies in `location` (onnx.proto3: graph 7, initializer 5, external_data
/// 13, data_location 14).
std::string external_model(const std::string& location) {
  const std::string entry = bytes_field(1, "location") + bytes_field(2, location);
  return bytes_field(7, bytes_field(5, bytes_field(13, entry) + "\x70\x01"));
}

class PathDigestTest : public testing::Test {
 protected:
  Digest digest(const std::filesystem::path& path) {
    auto found = path_digest(path, store_);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found ? *found : Digest();
  }
  test::TempDir folder_;
  store::Store store_ = *store::Store::open(folder_ / "store");
};

TEST_F(PathDigestTest, OfAFileIsThatOfItsContent) {
  EXPECT_EQ(
      digest(folder_.write("x.npy", "abc")),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4, example "abc".
}

TEST_F(PathDigestTest, OfAFolderIsThatOfItsSortedListing) {
  folder_.write("f/b.txt", "2");
  folder_.write("f/a/z.txt", "1");
  EXPECT_EQ(digest(folder_ / "f"), digest_of(digest_of("1") + " a/z.txt\n" + digest_of("2") + " b.txt\n"));
}

TEST_F(PathDigestTest, OfAFolderDoesNotDependOnItsPlaceButOnNames) {
  folder_.write("f/a.txt", "1");
  folder_.write("g/a.txt", "1");
  folder_.write("h/b.txt", "1");
  EXPECT_EQ(digest(folder_ / "f"), digest(folder_ / "g"));
  EXPECT_NE(digest(folder_ / "f"), digest(folder_ / "h"));
}

TEST_F(PathDigestTest, FollowsLinksToFiles) {
  const auto file = folder_.write("a.txt", "1");
  folder_.write("f/a.txt", "1");
  std::filesystem::create_directory(folder_ / "g");
  std::filesystem::create_symlink(file, folder_ / "g/a.txt");
  EXPECT_EQ(digest(folder_ / "f"), digest(folder_ / "g"));
}

TEST_F(PathDigestTest, RefusesWhatItCannotDigest) {
  folder_.write("f/a.txt", "1");
  std::filesystem::create_symlink("nowhere", folder_ / "f/broken");
  const auto broken = path_digest(folder_ / "f", store_);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Code::invalid_argument);
  EXPECT_THAT(broken.error().message, HasSubstr("f/broken"));
  std::filesystem::remove(folder_ / "f/broken");
  std::filesystem::create_directory_symlink(folder_.path(), folder_ / "f/loop");
  const auto loop = path_digest(folder_ / "f", store_);
  ASSERT_FALSE(loop);
  EXPECT_THAT(loop.error().hint, HasSubstr("replace the link"));
}

TEST_F(PathDigestTest, OfAModelCoversItsExternalData) {
  const auto model = folder_.write("m.onnx", external_model("w.bin"));
  folder_.write("w.bin", "weights");
  const auto before = digest(model);
  EXPECT_NE(before, *digest_of_file(model));
  folder_.write("w.bin", "weightS!");
  EXPECT_NE(digest(model), before);
}

TEST_F(PathDigestTest, OfAModelWithItsWeightsInsideIsThatOfTheFile) {
  const auto model = folder_.write("m.onnx", "\x08\x08");
  EXPECT_EQ(digest(model), digest_of("\x08\x08"));
}

TEST_F(PathDigestTest, SaysWhichFileIsMissing) {
  const auto missing = path_digest(folder_ / "none.npy", store_);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::not_found);
}

TEST(FolderFilesTest, AreRelativeAndSorted) {
  const test::TempDir folder;
  folder.write("b/2", "");
  folder.write("a", "");
  folder.write("b-1", "");
  const auto files = folder_files(folder.path());
  ASSERT_TRUE(files);
  EXPECT_EQ(*files, (std::vector<std::filesystem::path>{"a", "b-1", "b/2"}));
  EXPECT_EQ(folder_files(folder / "none").error().code, Code::not_found);
}

class DatasetSourceTest : public PathDigestTest {
 protected:
  DatasetSourceTest() {
    dataset_.views = Json::array();
    dataset_.inputs.push_back(path(folder_.write("images.npy", "images")));
    dataset_.labels.push_back(path(folder_.write("labels.npy", "labels")));
  }
  static pipeline::Source path(const std::filesystem::path& file) {
    pipeline::Source source;
    source.path = file;
    return source;
  }
  static const store::StoredOutput* no_output(std::size_t /*action*/, const std::string& /*name*/) {
    return nullptr;
  }
  pipeline::Dataset dataset_;
};

TEST_F(DatasetSourceTest, TheWorkersViewNamesAbsoluteFiles) {
  dataset_.classes = 10;
  const auto view = dataset_view(dataset_, no_output, store_);
  ASSERT_TRUE(view);
  EXPECT_EQ(*view, (Json{{"inputs", {(folder_ / "images.npy").string()}},
                         {"labels", {(folder_ / "labels.npy").string()}},
                         {"classes", 10},
                         {"label_offset", 0},
                         {"preprocess", nullptr},
                         {"views", Json::array()}}));
}

TEST_F(DatasetSourceTest, TheDigestIsOfContentNotOfPaths) {
  pipeline::Plan plan;
  plan.datasets = {dataset_};
  pipeline::Source source;
  source.kind = pipeline::Source::Kind::dataset;
  const auto first = source_digest(plan, source, no_output, store_);
  plan.datasets[0].inputs[0] = path(folder_.write("elsewhere/i.npy", "images"));
  const auto moved = source_digest(plan, source, no_output, store_);
  plan.datasets[0].inputs[0] = path(folder_.write("other.npy", "others"));
  const auto other = source_digest(plan, source, no_output, store_);
  ASSERT_TRUE(first && moved && other);
  EXPECT_EQ(*first, *moved);
  EXPECT_NE(*first, *other);
}

TEST_F(DatasetSourceTest, LabelsThatAStageDidNotMakeAreLeftOut) {
  folder_.write("stage/out/images.npy", "images");
  const auto staging = store_.stage();
  ASSERT_TRUE(staging);
  std::filesystem::create_directory(*staging / "tensors");
  std::filesystem::copy_file(folder_ / "images.npy", *staging / "tensors/images.npy");
  const auto added = store_.add(*staging, {{"tensors", *staging / "tensors"}});
  ASSERT_TRUE(added);
  pipeline::Source source;
  source.kind = pipeline::Source::Kind::output;
  source.output = "tensors";
  source.member = "labels.npy";
  const auto labels = source_path(
      source, [&](auto, const auto&) { return &added->front(); }, store_);
  ASSERT_TRUE(labels);
  EXPECT_FALSE(labels->has_value());
}

}  // namespace
}  // namespace mtc::run
