// SPDX-License-Identifier: Apache-2.0
#include "tests/support/elf_image.hpp"

#include <elf.h>

#include <cstring>

namespace mtc::test {
namespace {

template <class T>
void append(std::string& image, const T& value) {
  image.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

std::string elf_image(std::string_view content, std::uint16_t machine, std::string_view section) {
  const std::string names = std::string("\0.shstrtab\0", 11) + std::string(section) + std::string(1, '\0');
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_DYN;
  header.e_machine = machine;
  header.e_version = EV_CURRENT;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = 3;
  header.e_shstrndx = 1;
  header.e_shoff = sizeof header + content.size() + names.size();
  Elf64_Shdr name_table{};
  name_table.sh_name = 1;
  name_table.sh_type = SHT_STRTAB;
  name_table.sh_offset = sizeof header + content.size();
  name_table.sh_size = names.size();
  Elf64_Shdr manifest{};
  manifest.sh_name = 11;
  manifest.sh_type = SHT_PROGBITS;
  manifest.sh_offset = sizeof header;
  manifest.sh_size = content.size();

  std::string image;
  append(image, header);
  image += content;
  image += names;
  append(image, Elf64_Shdr{});
  append(image, name_table);
  append(image, manifest);
  return image;
}

}  // namespace mtc::test
