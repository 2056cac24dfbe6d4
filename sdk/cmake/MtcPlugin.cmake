# mtc_add_plugin(NAME SOURCES a.cpp ... [MANIFEST plugin.toml] [LIBRARIES ...] [TARGETS x.target.toml ...] [NO_INSTALL])
#
# Builds lib/mtc/plugins/NAME.so: a module that exports mtc_plugin_query_dev and nothing else, with the bytes of
# its manifest in the ELF section `.mtc.manifest`. TARGETS are capability documents, laid beside it as plain data.
# Installed with the SDK, for plugins built out of the tree too.

set(MTC_SDK_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}")

function(mtc_add_plugin NAME)
  cmake_parse_arguments(ARG "NO_INSTALL" "MANIFEST" "SOURCES;LIBRARIES;TARGETS" ${ARGN})
  if(NOT ARG_MANIFEST)
    set(ARG_MANIFEST plugin.toml)
  endif()
  get_filename_component(manifest "${ARG_MANIFEST}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  if(NOT EXISTS "${manifest}")
    message(FATAL_ERROR "mtc_add_plugin(${NAME}): ${manifest} does not exist")
  endif()
  set(section "${CMAKE_CURRENT_BINARY_DIR}/${NAME}_manifest.c")
  # The compiler takes assembler within C; a .S file would need one language more from every plugin's project.
  file(CONFIGURE OUTPUT "${section}" @ONLY CONTENT
"__asm__(
    \".section .mtc.manifest,\\\"a\\\",@progbits\\n\"
    \".incbin \\\"${manifest}\\\"\\n\"
    \".previous\\n\");
typedef int mtc_manifest_unit; /* a translation unit must not be empty */
")
  # A unit of its own: within a unity source the dependency on the manifest would be lost.
  set_source_files_properties("${section}" PROPERTIES
    OBJECT_DEPENDS "${manifest}" SKIP_UNITY_BUILD_INCLUSION ON)

  add_library(${NAME} MODULE ${ARG_SOURCES} "${section}")
  target_link_libraries(${NAME} PRIVATE mtc_sdk ${ARG_LIBRARIES})
  if(TARGET mtc_settings)
    target_link_libraries(${NAME} PRIVATE mtc_settings)
  endif()
  set_target_properties(${NAME} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden C_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN")
  if(MTC_PLUGIN_OUTPUT_DIRECTORY)
    set_target_properties(${NAME} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${MTC_PLUGIN_OUTPUT_DIRECTORY}")
  endif()
  target_link_options(${NAME} PRIVATE "LINKER:--version-script=${MTC_SDK_CMAKE_DIR}/plugin.map"
    "LINKER:--build-id=sha1" "LINKER:--exclude-libs,ALL")
  if(NOT MTC_SANITIZE)
    target_link_options(${NAME} PRIVATE "LINKER:-z,defs")
  endif()
  set_target_properties(${NAME} PROPERTIES LINK_DEPENDS "${MTC_SDK_CMAKE_DIR}/plugin.map")

  foreach(document IN LISTS ARG_TARGETS)
    get_filename_component(file "${document}" NAME)
    configure_file("${document}" "${MTC_PLUGIN_OUTPUT_DIRECTORY}/${file}" COPYONLY)
    if(NOT ARG_NO_INSTALL)
      install(FILES "${document}" DESTINATION lib/mtc/plugins)
    endif()
  endforeach()
  if(NOT ARG_NO_INSTALL)
    install(TARGETS ${NAME} LIBRARY DESTINATION lib/mtc/plugins)
  endif()
endfunction()
