// SPDX-License-Identifier: Apache-2.0
#include "core/base/elf.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/fd.hpp"
#include "core/base/file_system.hpp"

namespace mtc {

namespace {

constexpr std::uint64_t kMaxSectionBytes = std::uint64_t{16} << 20U;

/// The file, read at checked offsets.
class ElfFile {
 public:
  ElfFile(const std::filesystem::path& path, int descriptor, std::uint64_t size)
      : path_(path), descriptor_(descriptor), size_(size) {}

  [[nodiscard]] Error damaged(const std::string& reason) const {
    return {Code::data_loss, reason, path_.string(), ""};
  }

  /// Fills `bytes` from `offset`; "truncated" where the file has not that much.
  Result<void> read(std::uint64_t offset, void* bytes, std::uint64_t count) const {
    if (offset > size_ || count > size_ - offset) return damaged("truncated");
    auto* to = static_cast<char*>(bytes);
    while (count > 0) {
      const ssize_t got = ::pread(descriptor_, to, count, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return errno_error(errno, "cannot read", path_);
      if (got == 0) return damaged("truncated");
      to += got;
      offset += static_cast<std::uint64_t>(got);
      count -= static_cast<std::uint64_t>(got);
    }
    return {};
  }

  Result<std::string> read_section(const Elf64_Shdr& section) const {
    if (section.sh_type == SHT_NOBITS) return damaged("a section without content");
    if (section.sh_size > kMaxSectionBytes) return damaged("a section is larger than 16 MiB");
    std::string content;
    // Checked before the allocation, so that a hostile size costs nothing.
    if (section.sh_offset > size_ || section.sh_size > size_ - section.sh_offset) return damaged("truncated");
    content.resize(section.sh_size);
    MTC_TRY(read(section.sh_offset, content.data(), content.size()));
    return content;
  }

  Result<std::vector<Elf64_Shdr>> sections(const Elf64_Ehdr& header) const {
    if (header.e_shoff == 0) return std::vector<Elf64_Shdr>();
    if (header.e_shentsize != sizeof(Elf64_Shdr)) return damaged("section headers of an unknown size");
    std::uint64_t count = header.e_shnum;
    if (count == 0) {  // More than 65,279 sections: the number stands in the first header.
      Elf64_Shdr first{};
      MTC_TRY(read(header.e_shoff, &first, sizeof first));
      count = first.sh_size;
    }
    if (header.e_shoff > size_ || count > (size_ - header.e_shoff) / sizeof(Elf64_Shdr))
      return damaged("truncated");
    std::vector<Elf64_Shdr> headers(count);
    MTC_TRY(read(header.e_shoff, headers.data(), count * sizeof(Elf64_Shdr)));
    return headers;
  }

 private:
  const std::filesystem::path& path_;
  int descriptor_;
  std::uint64_t size_;
};

Result<Elf64_Ehdr> read_header(const ElfFile& elf, std::uint64_t size) {
  Elf64_Ehdr header{};
  if (size < SELFMAG) return elf.damaged("not an ELF file");
  MTC_TRY(elf.read(0, &header, SELFMAG));
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return elf.damaged("not an ELF file");
  MTC_TRY(elf.read(0, &header, sizeof header));
  if (header.e_ident[EI_CLASS] != ELFCLASS64) return elf.damaged("not a 64-bit ELF file");
  if (header.e_ident[EI_DATA] != ELFDATA2LSB) return elf.damaged("not a little-endian ELF file");
  return header;
}

std::string_view name_at(const std::string& names, std::uint32_t offset) {
  if (offset >= names.size()) return {};
  const std::string_view rest = std::string_view(names).substr(offset);
  return rest.substr(0, rest.find('\0'));
}

}  // namespace

Result<ElfSection> read_elf_section(const std::filesystem::path& file, std::string_view name) {
  const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // A FIFO must not hold us up.
  if (!fd) return errno_error(errno, "cannot open", file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return errno_error(errno, "cannot read", file);
  if (!S_ISREG(status.st_mode)) return Error{Code::data_loss, "not a regular file", file.string(), ""};
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const ElfFile elf(file, fd.get(), size);

  MTC_ASSIGN(const Elf64_Ehdr header, read_header(elf, size));
  MTC_ASSIGN(const std::vector<Elf64_Shdr> sections, elf.sections(header));
  std::uint64_t names_index = header.e_shstrndx;
  if (names_index == SHN_XINDEX && !sections.empty()) names_index = sections[0].sh_link;
  if (names_index < sections.size()) {
    MTC_ASSIGN(const std::string names, elf.read_section(sections[names_index]));
    for (const Elf64_Shdr& section : sections) {
      if (name_at(names, section.sh_name) != name) continue;
      MTC_ASSIGN(std::string content, elf.read_section(section));
      return ElfSection{header.e_machine, std::move(content)};
    }
  }
  return elf.damaged("no section " + std::string(name));
}

std::string elf_machine_name(std::uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_AARCH64:
      return "aarch64";
    case EM_RISCV:
      return "riscv";
    default:
      return "machine " + std::to_string(machine);
  }
}

std::uint16_t host_elf_machine() {
#if defined(__x86_64__)
  return EM_X86_64;
#elif defined(__aarch64__)
  return EM_AARCH64;
#elif defined(__riscv)
  return EM_RISCV;
#else
#error "name the e_machine of this architecture"
#endif
}

}  // namespace mtc
