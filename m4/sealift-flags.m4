# SEALIFT_TRY_CFLAGS(VAR, FLAG...) - append to VAR each FLAG that the compiler takes.
# clang only warns about flags it does not know, hence -Werror during the trial.
AC_DEFUN([SEALIFT_TRY_CFLAGS], [
  for sealift_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether $CC accepts $sealift_flag])
    sealift_save=$CFLAGS
    CFLAGS="$CFLAGS -Werror $sealift_flag"
    AC_COMPILE_IFELSE([AC_LANG_SOURCE([[int main(void) { return 0; }]])],
      [AC_MSG_RESULT([yes])
       AS_VAR_APPEND([$1], [" $sealift_flag"])],
      [AC_MSG_RESULT([no])])
    CFLAGS=$sealift_save
  done
  AC_SUBST([$1])
])

# SEALIFT_TRY_LDFLAGS(VAR, FLAG...) - the same for the linker.
AC_DEFUN([SEALIFT_TRY_LDFLAGS], [
  for sealift_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether the linker accepts $sealift_flag])
    sealift_save=$LDFLAGS
    LDFLAGS="$LDFLAGS -Werror $sealift_flag"
    AC_LINK_IFELSE([AC_LANG_SOURCE([[int main(void) { return 0; }]])],
      [AC_MSG_RESULT([yes])
       AS_VAR_APPEND([$1], [" $sealift_flag"])],
      [AC_MSG_RESULT([no])])
    LDFLAGS=$sealift_save
  done
  AC_SUBST([$1])
])
