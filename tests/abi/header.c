/* SPDX-License-Identifier: Apache-2.0
 *
 * mtc/plugin.h alone: compiled as strict C11 and as C++20, with a warning for every hole that a compiler would pad. */
#include "mtc/plugin.h"

int mtc_header_has_field(const mtc_host* host);

int mtc_header_has_field(const mtc_host* host) { return MTC_HAS_FIELD(host, mtc_host, last_error) ? 1 : 0; }
