// SPDX-License-Identifier: Apache-2.0
//
// Prints the layout table of the ABI: tests/abi/layout_v1.txt with the sizes and offsets of this build. For a
// new structure or field, add a line with zeros to the table, then:
//
//   build/release/tests/abi_layout_print > tests/abi/layout_v1.txt
#include <cstddef>
#include <cstdio>

#include "mtc/plugin.h"

int main() {
  std::puts("/* Size of every structure, offset and size of every field of mtc/plugin.h, ABI 1, 64 bits. */");
  std::puts("/* Made by tests/abi/layout_print.cpp; read as C++ by layout_test.cpp. */");
#define MTC_STRUCT(type, size) std::printf("MTC_STRUCT(%s, %zu)\n", #type, sizeof(type));
#define MTC_FIELD(type, field, offset, size) \
  std::printf("MTC_FIELD(%s, %s, %zu, %zu)\n", #type, #field, offsetof(type, field), sizeof(type::field));
#include "tests/abi/layout_v1.txt"
#undef MTC_STRUCT
#undef MTC_FIELD
  return 0;
}
