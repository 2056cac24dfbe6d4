// SPDX-License-Identifier: Apache-2.0
//
// Reads one section of an ELF file without loading it: no code of the file runs, and no field of it is
// believed before it was checked against the file's size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "mtc/result.hpp"

namespace mtc {

struct ElfSection {
  std::uint16_t machine = 0;  ///< e_machine: 62 = x86-64, 183 = aarch64.
  std::string content;
};

/// The bytes of section `name` of a 64-bit little-endian ELF file (System V ABI, chapter 4). Errors:
/// not_found, permission_denied; data_loss with the reason: "not an ELF file", "truncated", "no section
/// .mtc.manifest", a section over 16 MiB.
Result<ElfSection> read_elf_section(const std::filesystem::path& file, std::string_view name);

/// "x86-64", "aarch64", "riscv", or "machine 40".
std::string elf_machine_name(std::uint16_t machine);

/// e_machine of files that this program could load.
std::uint16_t host_elf_machine();

}  // namespace mtc
