/** What an administrator does with a colleague's account. */
export type Step = 'roles' | 'sign_out' | 'reset' | 'revoke' | 'confirm' | 'disable' | 'enable'
