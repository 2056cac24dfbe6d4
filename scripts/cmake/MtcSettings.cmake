# What holds for every target of the project: language, output folders, warnings, reproducible bytes.
include(GNUInstallDirs)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(MTC_PLUGIN_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib/mtc/plugins")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(MTC_CCACHE ccache)
if(MTC_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER "${MTC_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER "${MTC_CCACHE}")
endif()

# Checks of .clang-tidy with every compilation. Targets whose headers clang-tidy cannot parse (libtorch in C++20) turn
# it off by the property CXX_CLANG_TIDY.
option(MTC_TIDY "Run clang-tidy with every compilation" OFF)
if(MTC_TIDY)
  find_program(MTC_CLANG_TIDY NAMES clang-tidy-14 clang-tidy REQUIRED)
  set(CMAKE_CXX_CLANG_TIDY "${MTC_CLANG_TIDY}" --quiet)
endif()

# The flags that all own code is compiled with; every target links this privately.
add_library(mtc_settings INTERFACE)
target_include_directories(mtc_settings INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(mtc_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wformat=2 -Wundef
  -Wcast-qual -Wnull-dereference
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  # Unity builds include the sources: types of unnamed namespaces in them are then not in the main file.
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${CMAKE_UNITY_BUILD}>>:-Wno-subobject-linkage>
  # Same bytes in any folder: no absolute path of source or build tree ends up in an object.
  "-ffile-prefix-map=${PROJECT_SOURCE_DIR}=." "-ffile-prefix-map=${PROJECT_BINARY_DIR}=build")
if(MTC_WERROR)
  target_compile_options(mtc_settings INTERFACE -Werror)
endif()
if(MTC_SANITIZE)
  # gcc's flow analysis sees uninitialised values in instrumented code of the standard library (std::regex).
  target_compile_options(mtc_settings INTERFACE "-fsanitize=${MTC_SANITIZE}" -fno-omit-frame-pointer
    -fno-sanitize-recover=all -Wno-maybe-uninitialized)
  target_link_options(mtc_settings INTERFACE "-fsanitize=${MTC_SANITIZE}")
endif()
target_compile_definitions(mtc_settings INTERFACE "MTC_VERSION=\"${PROJECT_VERSION}\"")

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
