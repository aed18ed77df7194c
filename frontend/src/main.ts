import './app.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { applyLocale } from './i18n'
import { applyTheme, watchSystemTheme } from './shell/theme.svelte'

applyTheme()
watchSystemTheme()
applyLocale()

const target = document.getElementById('app')
if (target) mount(App, { target })
