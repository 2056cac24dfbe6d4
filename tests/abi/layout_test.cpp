// SPDX-License-Identifier: Apache-2.0
//
// The layout of every ABI structure is the one in layout_v1.txt: the compiler checks it here, and a test that
// the table forgets nothing. A line that changes means that plugins built before do not fit: that needs a new
// version of the ABI from 1.0.0 on, and a line in CHANGELOG.md before.
#include <array>
#include <cstddef>
#include <cstdio>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

#include <gtest/gtest.h>

#include "mtc/plugin.h"
#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

// Sizes and offsets. mtc_dtype alone is smaller than 8 bytes: a frozen value that other structures hold.
#define MTC_STRUCT(type, size)                                                              \
  static_assert(sizeof(type) == (size), #type " has another size than layout_v1.txt says"); \
  static_assert(sizeof(type) % 8 == 0 || sizeof(type) == 4, #type " is no multiple of 8");  \
  static_assert(std::is_standard_layout_v<type> && std::is_trivially_copyable_v<type>,      \
                #type " is not plain data");
#define MTC_FIELD(type, field, offset, size)                                       \
  static_assert(offsetof(type, field) == (offset), #type "." #field " has moved"); \
  static_assert(sizeof(type::field) == (size), #type "." #field " has another size");
#include "tests/abi/layout_v1.txt"
#undef MTC_STRUCT
#undef MTC_FIELD

struct Entry {
  std::string_view type;
  std::size_t offset;
  std::size_t size;
};

constexpr auto kStructs = std::to_array<Entry>({
#define MTC_STRUCT(type, size) {#type, 0, size},
#define MTC_FIELD(type, field, offset, size)
#include "tests/abi/layout_v1.txt"
#undef MTC_STRUCT
#undef MTC_FIELD
});

constexpr auto kFields = std::to_array<Entry>({
#define MTC_STRUCT(type, size)
#define MTC_FIELD(type, field, offset, size) {#type, offset, size},
#include "tests/abi/layout_v1.txt"
#undef MTC_STRUCT
#undef MTC_FIELD
});

std::string header_text() { return test::read_file(MTC_SOURCE_DIR "/sdk/include/mtc/plugin.h"); }

TEST(Layout, TableHoldsEveryStructureOfTheHeader) {
  const std::string header = header_text();
  const std::regex definition("struct (mtc_\\w+) \\{");
  std::set<std::string> defined, listed;
  for (auto at = std::sregex_iterator(header.begin(), header.end(), definition); at != std::sregex_iterator();
       ++at) {
    defined.insert((*at)[1]);
  }
  for (const auto& entry : kStructs) listed.emplace(entry.type);
  EXPECT_EQ(defined, listed);
}

TEST(Layout, FieldsOfTheTableCoverEachStructureWithoutAHole) {
  for (const auto& whole : kStructs) {
    std::size_t end = 0;
    for (const auto& field : kFields) {
      if (field.type != whole.type) continue;
      EXPECT_EQ(field.offset, end) << "a field before offset " << field.offset << " of " << whole.type
                                   << " is not in layout_v1.txt, or there is padding";
      end = field.offset + field.size;
    }
    EXPECT_EQ(end, whole.size) << "the last field of " << whole.type << " is not in layout_v1.txt";
  }
}

TEST(Layout, EveryStructureButPlainValuesStartsWithItsSize) {
  for (const auto& whole : kStructs) {
    if (whole.type == "mtc_string" || whole.type == "mtc_dtype") continue;
    const std::string table = test::read_file(MTC_SOURCE_DIR "/tests/abi/layout_v1.txt");
    EXPECT_NE(table.find("MTC_FIELD(" + std::string(whole.type) + ", struct_size, 0, 4)\nMTC_FIELD(" +
                         std::string(whole.type) + ", flags, 4, 4)\n"),
              std::string::npos)
        << whole.type;
  }
}

TEST(Layout, TableIsWhatTheGeneratorPrints) {
  std::string printed;
  FILE* pipe = popen(MTC_BUILD_DIR "/tests/abi_layout_print", "r");
  ASSERT_NE(pipe, nullptr);
  std::array<char, 4096> buffer{};
  while (const std::size_t count = fread(buffer.data(), 1, buffer.size(), pipe))
    printed.append(buffer.data(), count);
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(printed, test::read_file(MTC_SOURCE_DIR "/tests/abi/layout_v1.txt"));
}

TEST(HasField, IsFalseForAFieldThatAnOlderSideDidNotKnow) {
  mtc_host host{};
  host.struct_size = offsetof(mtc_host, last_error);  // A host from before last_error was appended.
  EXPECT_TRUE(MTC_HAS_FIELD(&host, mtc_host, fail));
  EXPECT_FALSE(MTC_HAS_FIELD(&host, mtc_host, last_error));
  host.struct_size = sizeof host;
  EXPECT_TRUE(MTC_HAS_FIELD(&host, mtc_host, last_error));
}

}  // namespace
}  // namespace mtc
