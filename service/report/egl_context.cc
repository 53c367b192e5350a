#include "egl_context.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/glew.h>
#include <dlfcn.h>

#include <stdexcept>

/// GLEW answers GLEW_ERROR_NO_GLX_DISPLAY without an X server although every function was loaded
/// (nigels-com/glew#273); VTK takes that for a failure.
extern "C" GLenum glewInit(void) {
  using Init = GLenum (*)();
  const auto original = reinterpret_cast<Init>(dlsym(RTLD_NEXT, "glewInit"));
  if (!original) return GLEW_ERROR_NO_GL_VERSION;
  const GLenum result = original();
  return result == GLEW_ERROR_NO_GLX_DISPLAY ? GLEW_OK : result;
}

namespace proofload::report {
namespace {

void require(bool ok, const char* step) {
  if (!ok) throw std::runtime_error(std::string("no picture context: ") + step + " failed");
}

}  // namespace

EglContext::EglContext() {
  const auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(
      eglGetProcAddress("eglGetPlatformDisplayEXT"));
  require(get_display != nullptr, "eglGetPlatformDisplayEXT");
  display_ = get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
  require(display_ != EGL_NO_DISPLAY, "the surfaceless EGL platform");
  require(eglInitialize(display_, nullptr, nullptr), "eglInitialize");
  require(eglBindAPI(EGL_OPENGL_API), "eglBindAPI");
  const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE,
                           EGL_OPENGL_BIT,   EGL_DEPTH_SIZE,  24,
                           EGL_NONE};
  EGLConfig config = nullptr;
  EGLint count = 0;
  eglChooseConfig(display_, wanted, &config, 1, &count);
  const EGLint version[] = {EGL_CONTEXT_MAJOR_VERSION,
                            3,
                            EGL_CONTEXT_MINOR_VERSION,
                            3,
                            EGL_CONTEXT_OPENGL_PROFILE_MASK,
                            EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                            EGL_NONE};
  context_ =
      eglCreateContext(display_, count > 0 ? config : EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, version);
  require(context_ != EGL_NO_CONTEXT, "eglCreateContext (OpenGL 3.3)");
  require(eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_), "eglMakeCurrent");
}

EglContext::~EglContext() {
  if (!display_) return;
  eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  if (context_) eglDestroyContext(display_, context_);
  eglTerminate(display_);
}

}  // namespace proofload::report
