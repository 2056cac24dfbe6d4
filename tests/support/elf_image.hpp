// SPDX-License-Identifier: Apache-2.0
//
// The smallest shared object that holds a manifest, written byte by byte from the ELF-64 specification
// (System V ABI, chapter 4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/elf.hpp"

namespace mtc::test {

/// The bytes of an ELF file with the section `section`. Layout: header, section bytes, names, section
/// headers.
std::string elf_image(std::string_view content, std::uint16_t machine = host_elf_machine(),
                      std::string_view section = ".mtc.manifest");

}  // namespace mtc::test
