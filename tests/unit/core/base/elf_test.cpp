// SPDX-License-Identifier: Apache-2.0
//
// The files are put together here by the System V ABI, and by the system's assembler for the real one: this
// test program.
#include "core/base/elf.hpp"

#include <elf.h>

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace mtc {
namespace {

template <class T>
void put(std::string& bytes, std::size_t offset, const T& value) {
  if (bytes.size() < offset + sizeof value) bytes.resize(offset + sizeof value);
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

constexpr std::size_t kNamesAt = 64;
constexpr std::size_t kContentAt = 128;
constexpr std::size_t kHeadersAt = 192;
constexpr std::string_view kContent = "mtc = 1\n";

Elf64_Shdr section(Elf64_Word name, Elf64_Word type, std::uint64_t offset, std::uint64_t size) {
  Elf64_Shdr header{};
  header.sh_name = name;
  header.sh_type = type;
  header.sh_offset = offset;
  header.sh_size = size;
  return header;
}

/// Header, section names, content, and three section headers: null, names, .mtc.manifest.
std::string small_elf() {
  std::string bytes;
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_machine = EM_AARCH64;
  header.e_shoff = kHeadersAt;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 1;
  put(bytes, 0, header);
  const std::string names("\0.shstrtab\0.mtc.manifest\0", 25);
  bytes.resize(kHeadersAt);
  bytes.replace(kNamesAt, names.size(), names);
  bytes.replace(kContentAt, kContent.size(), kContent);
  put(bytes, kHeadersAt, section(0, SHT_NULL, 0, 0));
  put(bytes, kHeadersAt + sizeof(Elf64_Shdr), section(1, SHT_STRTAB, kNamesAt, names.size()));
  put(bytes, kHeadersAt + 2 * sizeof(Elf64_Shdr), section(11, SHT_PROGBITS, kContentAt, kContent.size()));
  return bytes;
}

class ElfTest : public testing::Test {
 protected:
  Result<ElfSection> read(const std::string& bytes) {
    return read_elf_section(folder_.write("x.so", bytes), ".mtc.manifest");
  }
  void expect_data_loss(const std::string& bytes, const std::string& reason) {
    const auto section = read(bytes);
    ASSERT_FALSE(section) << reason;
    EXPECT_EQ(section.error().code, Code::data_loss);
    EXPECT_EQ(section.error().message, reason);
    EXPECT_EQ(section.error().where, (folder_ / "x.so").string());
  }
  test::TempDir folder_;
};

TEST_F(ElfTest, ReadsTheSectionAndTheMachine) {
  const auto section = read(small_elf());
  ASSERT_TRUE(section) << section.error().message;
  EXPECT_EQ(section->content, kContent);
  EXPECT_EQ(elf_machine_name(section->machine), "aarch64");
}

TEST_F(ElfTest, ReadsWhatTheLinkerWrote) {
  const auto section = read_elf_section("/proc/self/exe", ".interp");
  ASSERT_TRUE(section) << section.error().message;
  EXPECT_NE(section->content.find("ld-linux"), std::string::npos);
  EXPECT_EQ(section->machine, host_elf_machine());
}

TEST_F(ElfTest, RefusesWhatIsNoElfFile) {
  expect_data_loss("", "not an ELF file");
  expect_data_loss("#!/bin/sh\n", "not an ELF file");
  std::string bytes = small_elf();
  bytes[EI_CLASS] = ELFCLASS32;
  expect_data_loss(bytes, "not a 64-bit ELF file");
  bytes[EI_CLASS] = ELFCLASS64;
  bytes[EI_DATA] = ELFDATA2MSB;
  expect_data_loss(bytes, "not a little-endian ELF file");
}

TEST_F(ElfTest, ATruncatedFileIsNeverReadBeyondItsEnd) {
  const std::string whole = small_elf();
  for (std::size_t size = SELFMAG; size < whole.size(); ++size)
    expect_data_loss(whole.substr(0, size), "truncated");
}

TEST_F(ElfTest, NamesTheSectionThatIsAbsent) {
  const auto section = read_elf_section(folder_.write("x.so", small_elf()), ".other");
  ASSERT_FALSE(section);
  EXPECT_EQ(section.error().message, "no section .other");
}

TEST_F(ElfTest, HostileSizesAndOffsetsAreErrors) {
  const std::size_t manifest = kHeadersAt + 2 * sizeof(Elf64_Shdr);
  std::string bytes = small_elf();
  put(bytes, manifest, section(11, SHT_PROGBITS, ~std::uint64_t{0} - 4, 8));
  expect_data_loss(bytes, "truncated");
  put(bytes, manifest, section(11, SHT_PROGBITS, kContentAt, std::uint64_t{1} << 40U));
  expect_data_loss(bytes, "a section is larger than 16 MiB");
  put(bytes, manifest, section(11, SHT_NOBITS, kContentAt, 8));
  expect_data_loss(bytes, "a section without content");
  put(bytes, manifest, section(0xFFFFFF, SHT_PROGBITS, kContentAt, 8));  // Its name lies outside the names.
  expect_data_loss(bytes, "no section .mtc.manifest");

  bytes = small_elf();
  put(bytes, offsetof(Elf64_Ehdr, e_shoff), ~std::uint64_t{0});
  expect_data_loss(bytes, "truncated");
  bytes = small_elf();
  put(bytes, offsetof(Elf64_Ehdr, e_shnum), std::uint16_t{0});  // "See the first header", which claims 2^60.
  put(bytes, kHeadersAt, section(0, SHT_NULL, 0, std::uint64_t{1} << 60U));
  expect_data_loss(bytes, "truncated");
  bytes = small_elf();
  put(bytes, offsetof(Elf64_Ehdr, e_shstrndx), std::uint16_t{99});
  expect_data_loss(bytes, "no section .mtc.manifest");
}

TEST_F(ElfTest, FoldersAndMissingFilesAreSaidToBeThat) {
  EXPECT_EQ(read_elf_section(folder_.path(), ".x").error().message, "not a regular file");
  EXPECT_EQ(read_elf_section(folder_ / "absent", ".x").error().code, Code::not_found);
}

}  // namespace
}  // namespace mtc
